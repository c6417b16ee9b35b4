// What several verbs need.
using System.Collections;
using System.CommandLine;
using IntelMq.Bots;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Verbs;

/// <summary>Options and look-ups that several verbs have.</summary>
internal static class Shared
{
    /// <summary>Machine-readable output.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON." };

    /// <summary>The data folder.</summary>
    public static Option<string> Data() => new("--data")
    {
        Description = "The folder for queues, state, dead letters and relative output paths.",
        DefaultValueFactory = _ => "data",
        HelpName = "DIR",
    };

    /// <summary>The pipeline file.</summary>
    public static Argument<string> File() => new("FILE") { Description = "The pipeline file (IntelMQ's runtime.yaml)." };

    /// <summary>All bots beside this command and in its folder <c>bots</c>; packages that cannot be loaded are told on stderr.</summary>
    public static BotCatalogue Catalogue()
    {
        var catalogue = AppFolder.Scan(AppContext.BaseDirectory, Environment.GetEnvironmentVariable("INTELMQ_BOTS_FOLDER"));
        foreach (var problem in catalogue.Problems)
        {
            Console.Error.WriteLine("warning: " + problem);
        }

        return catalogue;
    }

    /// <summary>Reads a pipeline file that is about to run and prints its problems on stderr.</summary>
    public static LoadedPipeline Load(string path, BotCatalogue catalogue)
    {
        var loaded = PipelineFile.Load(path, catalogue, EnvironmentVariables(), MissingSecrets.Refuse);
        foreach (var problem in loaded.Problems)
        {
            Console.Error.WriteLine(problem);
        }

        return loaded;
    }

    /// <summary>Prints which bots are fused, a chain per line.</summary>
    public static void PrintChains(Pipeline.Pipeline pipeline)
    {
        foreach (var chain in FusedChains.Of(pipeline))
        {
            Console.WriteLine($"fused: {string.Join(" + ", chain)}");
        }
    }

    /// <summary>The environment variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(item => (string)item.Key, item => (string?)item.Value ?? "", StringComparer.Ordinal);

    /// <summary>The bot of a module name, or null after telling what is wrong.</summary>
    public static BotDescriptor? Find(BotCatalogue catalogue, string module)
    {
        if (catalogue.TryGet(module, out var bot))
        {
            return bot;
        }

        var hint = catalogue.Nearest(module) is { } near ? $" Did you mean '{near}'?" : " 'intelmq list bots' shows all.";
        Console.Error.WriteLine($"error: there is no bot '{module}'.{hint}");
        return null;
    }
}
