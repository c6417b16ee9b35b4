// Reads a pipeline file, with everything that is wrong with it.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Checks;
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline;

/// <summary>Reads pipeline files: IntelMQ's <c>runtime.yaml</c> with the extensions that functions need.</summary>
public static class PipelineFile
{
    /// <summary>
    /// Reads and checks a pipeline file. Mistakes of its author are never exceptions: all are found at once and listed.
    /// </summary>
    /// <param name="path">The file. A harmonization.conf beside it adds fields and types.</param>
    /// <param name="catalogue">The bots and hooks that there are.</param>
    /// <param name="environment">Environment variables: <c>INTELMQ_NAME</c> overrides the parameter <c>name</c> of every bot that declares it, and a secret given as <c>env:NAME</c> is read from NAME.</param>
    /// <param name="missingSecrets">What a secret whose variable is not set is; a pipeline that is about to run refuses it.</param>
    /// <param name="running">The bots that run here, whose secrets are asked for; null for all that are enabled.</param>
    public static LoadedPipeline Load(
        string path, BotCatalogue catalogue, IReadOnlyDictionary<string, string> environment, MissingSecrets missingSecrets = MissingSecrets.Warn, IReadOnlySet<string>? running = null)
    {
        var problems = new ProblemLog(path);
        if (ConfigFile.ReadYaml(path, "pipeline file", problems) is not { } map)
        {
            return new LoadedPipeline(null, problems.InOrder.ToList());
        }

        var secrets = new SecretReader(environment, missingSecrets, problems);
        var draft = new PipelineReader(catalogue, secrets, problems).Read(map);
        new ParameterMerge(draft, environment, secrets, running, problems).Run();
        var schedules = new ScheduleReader(problems);
        draft.Bots.ForEach(schedules.Read);

        var graph = draft.Graph();
        new QueueChecks(draft, graph, problems).Run();
        new KeyChecks(draft, problems).Run();
        new FieldChecks(draft, graph, problems).Run();

        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var fieldProblems = new ProblemLog(Path.Combine(Path.GetDirectoryName(path) ?? "", HarmonizationFile.Name));
        var fields = ReadFields(directory, fieldProblems);
        var pipeline = problems.HasErrors || fieldProblems.HasErrors ? null : Build(draft, graph, fields, directory);
        if (pipeline is not null)
        {
            new FuseChecks(draft, pipeline, problems).Run();
        }

        return new LoadedPipeline(pipeline, [.. problems.InOrder, .. fieldProblems.InOrder]);
    }

    private static FieldCatalogue ReadFields(string directory, ProblemLog problems)
    {
        var path = Path.Combine(directory, HarmonizationFile.Name);
        return File.Exists(path) ? HarmonizationFile.Read(path, problems) : FieldCatalogue.Default;
    }

    private static Pipeline Build(DraftPipeline draft, PipelineGraph graph, FieldCatalogue fields, string directory) => new()
    {
        Bots = draft.Bots.ConvertAll(Build),
        Graph = graph,
        Queues = Queues(draft),
        Hooks = draft.Hooks.ConvertAll(hook => hook.Hook),
        Fields = fields,
        Directory = directory,
        InstanceName = draft.InstanceName,
        PlainFrames = draft.PlainFrames,
        Deployment = draft.Deployment,
    };

    private static BotInstance Build(DraftBot bot) => new()
    {
        Id = bot.Id,
        Descriptor = bot.Descriptor!,
        Parameters = bot.Parameters!,
        RawParameters = bot.Given.ToDictionary(item => item.Key, item => item.Value.Value, StringComparer.Ordinal),
        FromEnvironment = bot.Given.Where(item => item.Value.By == GivenBy.Environment).Select(item => item.Key).Order(StringComparer.Ordinal).ToList(),
        Enabled = bot.Enabled,
        RunMode = bot.RunMode,
        SourceQueue = bot.SourceQueue,
        Destinations = bot.Destinations
            .Where(path => Sending.IsSent(bot.Kind, path.Path))
            .ToDictionary(path => path.Path, path => (IReadOnlyList<string>)path.Queues.Select(queue => queue.Queue).ToList(), StringComparer.Ordinal),
        Name = bot.Name ?? bot.Id,
        Group = bot.Group,
        Description = bot.Description,
        Line = bot.At.Line,
        Scale = bot.Extensions.Scale,
        Fuse = bot.Extensions.Fuse,
        HasOwnFuse = bot.Extensions.HasOwnFuse,
        Transport = bot.Extensions.Transport,
        Schedule = bot.Schedule,
    };

    private static Dictionary<string, PipelineQueue> Queues(DraftPipeline draft)
    {
        var writers = draft.Sends.ToLookup(send => send.Destination.Queue, send => send.Bot.Id, StringComparer.Ordinal);
        return draft.ReadersByQueue.ToDictionary(
            readers => readers.Key,
            readers => new PipelineQueue(
                readers.Key,
                readers.Select(bot => bot.Id).ToList(),
                writers[readers.Key].Distinct().Order(StringComparer.Ordinal).ToList()),
            StringComparer.Ordinal);
    }
}
