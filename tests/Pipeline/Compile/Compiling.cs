// Compiles pipeline files of tests, with the bots of the product.
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using IntelMq.Bots;

namespace IntelMq.Pipeline.Tests.Compile;

/// <summary>Compiles pipeline files of tests.</summary>
internal static class Compiling
{
    /// <summary>The bots of the product.</summary>
    public static BotCatalogue Catalogue { get; } =
        BotCatalogue.Scan([typeof(Collectors.FileCollector).Assembly, typeof(Parsers.OpenPhishParser).Assembly, typeof(Experts.TaxonomyExpert).Assembly, typeof(Outputs.FileOutput).Assembly]);

    /// <summary>The transports of deployed apps, each with a plan on which it runs.</summary>
    public static TheoryData<string, string> Transports => new()
    {
        { "storage-queue", "flex-consumption" },
        { "service-bus", "flex-consumption" },
        { "event-hubs", "flex-consumption" },
        { "kafka", "flex-consumption" },
        { "rabbitmq", "premium" },
    };

    /// <summary>A collector, a parser and an output in Azure; lines 1 to 12.</summary>
    public static string Good { get; } = """
        fetch:
          module: intelmq.bots.collectors.http.collector_http
          parameters:
            http_url: https://feed.example.com/
            destination_queues: parse-queue
        parse:
          module: intelmq.bots.parsers.openphish.parser
          parameters:
            destination_queues: write-queue
        write:
          module: intelmq.bots.outputs.file.output
          parameters: {file: 'blob:intelmq/events.jsonl'}

        """.ReplaceLineEndings("\n");

    /// <summary>Compiles a pipeline that must be readable, beside other files.</summary>
    public static CompiledFolder Compile(string yaml, CompileOptions? options = null, BotCatalogue? catalogue = null, params (string Path, string Text)[] beside)
    {
        using var folder = new Scratch();
        foreach (var (path, text) in beside)
        {
            folder.Write(path, text);
        }

        var compiled = CompileFile(folder.Write("runtime.yaml", yaml), options, catalogue);
        return compiled with { Problems = compiled.Problems.Select(problem => problem with { File = "runtime.yaml" }).ToList() };
    }

    /// <summary>Compiles a file.</summary>
    public static CompiledFolder CompileFile(string path, CompileOptions? options, BotCatalogue? catalogue = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var loaded = PipelineFile.Load(path, catalogue ?? Catalogue, environment ?? new Dictionary<string, string>(), MissingSecrets.Accept);
        Assert.False(loaded.HasErrors, loaded.Text());
        return AppCompiler.Compile(loaded.Pipeline!, path, options ?? new CompileOptions());
    }

    /// <summary>The problems as a terminal shows them.</summary>
    public static string Text(this CompiledFolder folder) => string.Join('\n', folder.Problems);

    /// <summary>The folder, which must have no problem.</summary>
    public static CompiledFolder MustBeGood(this CompiledFolder folder)
    {
        Assert.True(folder.Problems.Count == 0, folder.Text());
        return folder;
    }

    /// <summary>A file's text.</summary>
    public static string TextOf(this CompiledFolder folder, string path) => Encoding.UTF8.GetString(folder.Files.Single(file => file.Path == path).Content.Span);

    /// <summary>A file's JSON.</summary>
    public static JsonObject JsonOf(this CompiledFolder folder, string path) => JsonNode.Parse(folder.TextOf(path))!.AsObject();

    /// <summary>The folder of these tests in the source tree.</summary>
    public static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    /// <summary>The quickstart's pipeline file.</summary>
    public static string Quickstart { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "..", "docs", "tutorials", "quickstart", "runtime.yaml"));
}

/// <summary>A folder that is deleted at the end.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("compile-").FullName;

    public string In(string path) => Path.Combine(Folder, path);

    public string Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
        return In(path);
    }

    /// <summary>The files below, by path with '/', as text.</summary>
    public SortedDictionary<string, string> Files(string below = "") => Of(In(below));

    /// <summary>The files below a folder, by path with '/', as text.</summary>
    public static SortedDictionary<string, string> Of(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            files[Path.GetRelativePath(folder, file).Replace('\\', '/')] = File.ReadAllText(file);
        }

        return files;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
