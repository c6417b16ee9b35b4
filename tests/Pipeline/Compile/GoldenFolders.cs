// The quickstart compiled for every transport, and a fused pipeline, give what is written in Expected; UPDATE=1 writes it.
using System.Text;

namespace IntelMq.Pipeline.Tests.Compile;

public sealed class GoldenFolders
{
    private static readonly bool s_updates = Environment.GetEnvironmentVariable("UPDATE") == "1";

    [Theory]
    [MemberData(nameof(Compiling.Transports), MemberType = typeof(Compiling))]
    public void The_folder_is_the_expected_one(string transport, string plan)
    {
        IsExpected(transport, Compiling.CompileFile(Compiling.Quickstart, new CompileOptions { Transport = transport, HostingPlan = plan, Files = "blob:intelmq" }));
    }

    [Fact]
    public void The_folder_for_the_isolated_worker_is_the_expected_one() => IsExpected(
        "isolated", Compiling.CompileFile(Compiling.Quickstart, new CompileOptions { Worker = "isolated", Files = "blob:intelmq" }));

    [Fact]
    public void The_folder_of_a_fused_pipeline_is_the_expected_one() => IsExpected("fused", Compiling.Compile(
        """
        global: {fuse: true}
        fetch:
          module: intelmq.bots.collectors.http.collector_http
          parameters: {http_url: 'https://feed.example.com/', destination_queues: parse-queue}
        parse:
          module: intelmq.bots.parsers.openphish.parser
          parameters: {destination_queues: dedup-queue}
        dedup:
          module: intelmq.bots.experts.deduplicator.expert
          parameters: {filter_keys: raw, destination_queues: taxonomy-queue}
        taxonomy:
          module: intelmq.bots.experts.taxonomy.expert
          parameters: {destination_queues: url-queue}
        url:
          module: intelmq.bots.experts.url.expert
          parameters: {destination_queues: write-queue}
        write:
          module: intelmq.bots.outputs.file.output
          parameters: {file: 'blob:intelmq/events.jsonl'}
        """));

    private static void IsExpected(string name, CompiledFolder compiled)
    {
        var expected = Path.Combine(Compiling.SourceFolder(), "Expected", name);
        // The templates are the same in all folders: those of infra/.
        CompiledFile[] files = [.. compiled.MustBeGood().Files.Where(file => !file.Path.StartsWith("infra/", StringComparison.Ordinal))];
        if (s_updates)
        {
            if (Directory.Exists(expected))
            {
                Directory.Delete(expected, recursive: true);
            }

            foreach (var file in files)
            {
                var path = Path.Combine(expected, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, file.Content.Span);
            }
        }

        var wanted = Scratch.Of(expected);
        var got = files.ToDictionary(file => file.Path, file => Encoding.UTF8.GetString(file.Content.Span));
        Assert.Equal(wanted.Keys, got.Keys.Order(StringComparer.Ordinal));
        foreach (var (path, text) in wanted)
        {
            if (text != got[path])
            {
                Assert.Fail($"{name}/{path}:\n{Difference(text, got[path])}\nUPDATE=1 writes the new form.");
            }
        }
    }

    [Fact]
    public void The_templates_are_those_of_the_repository()
    {
        var infra = Path.GetFullPath(Path.Combine(Compiling.SourceFolder(), "..", "..", "..", "infra"));
        var wanted = Directory.EnumerateFiles(infra, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".bicep" or ".json")
            .ToDictionary(file => "infra/" + Path.GetRelativePath(infra, file).Replace('\\', '/'), File.ReadAllText);
        var got = Compiling.Compile(Compiling.Good).MustBeGood().Files.Where(file => file.Path.StartsWith("infra/", StringComparison.Ordinal)).ToDictionary(file => file.Path, file => Encoding.UTF8.GetString(file.Content.Span));
        Assert.Equal(wanted.OrderBy(file => file.Key, StringComparer.Ordinal), got.OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.True(wanted.Count > 10);
    }

    [Theory]
    [MemberData(nameof(Compiling.Transports), MemberType = typeof(Compiling))]
    public void The_pipeline_file_of_the_folder_gives_the_same_pipeline(string transport, string plan)
    {
        using var scratch = new Scratch();
        var options = new CompileOptions { Transport = transport, HostingPlan = plan, Files = "blob:intelmq" };
        Compiling.CompileFile(Compiling.Quickstart, options).Write(scratch.In("app"));

        var again = Compiling.CompileFile(scratch.In("app/" + AppCompiler.PipelinePath), options).MustBeGood();

        Assert.Equal(File.ReadAllText(scratch.In("app/names.json")), again.App.ToJson());
        Assert.Equal(File.ReadAllText(scratch.In("app/" + AppCompiler.PipelinePath)), again.TextOf(AppCompiler.PipelinePath));
        Assert.Equal(CompiledApp.Read(scratch.In("app")).ToJson(), again.App.ToJson());
    }

    private static string Difference(string wanted, string got)
    {
        var (left, right) = (wanted.Split('\n'), got.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(left.Length, right.Length)).First(i => left.ElementAtOrDefault(i) != right.ElementAtOrDefault(i));
        return $"line {line + 1}\nexpected {left.ElementAtOrDefault(line)}\ngot      {right.ElementAtOrDefault(line)}";
    }
}
