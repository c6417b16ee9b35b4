// Loads pipeline files of tests from a folder of their own.
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Pipeline.Tests;

/// <summary>Loads pipeline files of tests.</summary>
internal static class Loading
{
    public const string Collector = "intelmq.bots.collectors.http.collector_http";
    public const string Parser = "intelmq.bots.parsers.spamhaus.parser_drop";
    public const string Output = "intelmq.bots.outputs.file.output";

    public static BotCatalogue Catalogue { get; } = BotCatalogue.Scan([typeof(Loading).Assembly]);

    /// <summary>A pipeline of three bots without problems; lines 1 to 12.</summary>
    public static string Good { get; } = $$"""
        fetch:
          module: {{Collector}}
          parameters:
            http_url: https://feed.example.com/
            destination_queues: parse-queue
        parse:
          module: {{Parser}}
          parameters:
            destination_queues: write-queue
        write:
          module: {{Output}}
          parameters: {}

        """.ReplaceLineEndings("\n");

    public static LoadedPipeline Load(string yaml, string? harmonization = null, params (string Name, string Value)[] environment) =>
        Load(Encoding.UTF8.GetBytes(yaml), harmonization, environment);

    /// <summary>Loads bytes as <c>runtime.yaml</c>; problems name the file so, without a folder.</summary>
    public static LoadedPipeline Load(byte[] file, string? harmonization = null, params (string Name, string Value)[] environment)
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-").FullName;
        try
        {
            var path = Path.Combine(folder, "runtime.yaml");
            File.WriteAllBytes(path, file);
            if (harmonization is not null)
            {
                File.WriteAllText(Path.Combine(folder, "harmonization.conf"), harmonization);
            }

            var loaded = PipelineFile.Load(path, Catalogue, environment.ToDictionary(item => item.Name, item => item.Value));
            return loaded with { Problems = loaded.Problems.Select(problem => problem with { File = Path.GetFileName(problem.File) }).ToList() };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The problems as a terminal shows them.</summary>
    public static string Text(this LoadedPipeline loaded) => string.Join('\n', loaded.Problems);

    /// <summary>The pipeline, which must be good.</summary>
    public static Pipeline Pipeline(this LoadedPipeline loaded)
    {
        Assert.False(loaded.HasErrors, loaded.Text());
        return loaded.Pipeline!;
    }
}
