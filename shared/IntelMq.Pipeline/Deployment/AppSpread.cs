// Spreads the functions of a pipeline over function apps.
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;

namespace IntelMq.Pipeline.Deployment;

/// <summary>
/// Spreads functions over apps: all in one, or an app per bot. A bot with a limit of instances always has one of its own, since only a whole app can be limited.
/// The functions that serve the whole pipeline are in <see cref="Main"/>.
/// </summary>
internal sealed class AppSpread(Pipeline pipeline, CompiledApp app, CompileOptions options, IReadOnlyList<CompiledSecret> secrets)
{
    /// <summary>The app of all bots that have none of their own. No bot's function has this name.</summary>
    public const string Main = "pipeline";

    private readonly Dictionary<string, CompiledQueue> _queues = app.Queues.ToDictionary(queue => queue.Name, StringComparer.Ordinal);

    /// <summary>The apps, the main one first.</summary>
    public IReadOnlyList<DeployedApp> Apps()
    {
        var alone = pipeline.Bots.Where(bot => options.Apps == DeploymentSettings.AppPerBot || IsLimited(bot)).Select(bot => bot.Id).ToHashSet(StringComparer.Ordinal);
        var main = Of(Main, app.Functions.Where(function => function.Bot is null || !alone.Contains(function.Bot)));
        var others = app.Functions.Where(function => function.Bot is not null && alone.Contains(function.Bot))
            .GroupBy(function => function.Bot!)
            .Select(functions => Of(EntityNames.Function(functions.Key), functions))
            .OrderBy(one => one.Name, StringComparer.Ordinal);
        return [main, .. others];
    }

    private static bool IsLimited(BotInstance bot) => bot.Descriptor.Declaration.Single || bot.Scale?.Maximum is not null;

    private DeployedApp Of(string name, IEnumerable<CompiledFunction> served)
    {
        var functions = served.OrderBy(function => function.Name, StringComparer.Ordinal).ToArray();
        var bots = functions.SelectMany(function => function.Bots).Distinct().Select(id => pipeline.Find(id)!).ToArray();
        var own = functions.Where(function => function.RunsBot).ToArray();
        return new DeployedApp
        {
            Name = name,
            Functions = functions,
            Reads = Sorted(functions.Select(function => function.Trigger.Queue).OfType<string>().Select(queue => _queues[queue].Entity)),
            Writes = Sorted(functions.SelectMany(function => function.Outputs.Keys).Select(queue => _queues[queue].Entity)),
            Containers = Containers(bots),
            Secrets = Sorted(SecretsOf(bots, functions)),
            Maximum = name == Main ? null : own.Any(function => function.Single) ? 1 : own.Select(function => pipeline.Find(function.Bot!)!.Scale?.Maximum).FirstOrDefault(),
            AlwaysReady = own.Where(function => pipeline.Find(function.Bot!)!.Scale is { Minimum: > 0 }).ToDictionary(function => function.Name, function => pipeline.Find(function.Bot!)!.Scale!.Minimum, StringComparer.Ordinal),
            Settings = own.Where(function => function is { Single: true, Trigger.Queue: not null }).SelectMany(function => HostFile.OneAtATime(_queues[function.Trigger.Queue!].Transport)).Distinct().ToArray(),
            ServesAll = functions.Any(function => function.Kind == FunctionKind.Park),
        };
    }

    // Whoever reads a container that a bot also writes needs no second right.
    private (IReadOnlyList<string> Reads, IReadOnlyList<string> Writes) Containers(IEnumerable<BotInstance> bots)
    {
        var uses = bots.SelectMany(bot => bot.Descriptor.Parameters.Where(parameter => parameter.Rules.Path != PathUse.None)
            .Select(parameter => (IsInput: parameter.Rules.Path is PathUse.Read or PathUse.ReadFolder, Path: PathOf(bot, parameter))))
            .Where(use => use.Path is not null)
            .Select(use => (use.IsInput, Container: BlobContainer(use.Path!) ?? (IsElsewhere(use.Path!) || options.Files is null ? null : BlobContainer(options.Files))))
            .Where(use => use.Container is not null)
            .ToArray();
        var writes = Sorted(uses.Where(use => !use.IsInput).Select(use => use.Container!));
        return (Sorted(uses.Where(use => use.IsInput).Select(use => use.Container!)).Except(writes, StringComparer.Ordinal).ToArray(), writes);
    }

    private IEnumerable<string> SecretsOf(IReadOnlyList<BotInstance> bots, IReadOnlyList<CompiledFunction> functions)
    {
        var names = bots.Select(bot => bot.Id).ToHashSet(StringComparer.Ordinal);
        var hooks = pipeline.Hooks.Select(hook => PipelineCopy.OwnerOf(hook.Type)).ToHashSet(StringComparer.Ordinal);
        var transports = functions.SelectMany(function => function.Outputs.Keys.Append(function.Trigger.Queue)).OfType<string>().Select(queue => _queues[queue].Transport).ToHashSet(StringComparer.Ordinal);
        return secrets
            .Where(secret => names.Contains(secret.Owner) || hooks.Contains(secret.Owner) || transports.Contains(secret.Owner) || (secret.Owner == "global" && bots.Any(bot => Declares(bot, secret.Key))))
            .Select(secret => secret.Setting);
    }

    private static bool Declares(BotInstance bot, string key) => bot.Descriptor.Parameters.Any(parameter => parameter.Key == key || parameter.Alias == key);

    private static string? PathOf(BotInstance bot, ParameterDeclaration parameter) => (bot.Given(parameter) ?? parameter.Default).AsText() is { Length: > 0 } path ? path : null;

    private static bool IsElsewhere(string path) => path.StartsWith("share:", StringComparison.Ordinal);

    /// <summary>The container of a path in blob storage; null for other paths.</summary>
    internal static string? BlobContainer(string path) => path.StartsWith("blob:", StringComparison.Ordinal) ? path["blob:".Length..].Split('/')[0] : null;

    private static string[] Sorted(IEnumerable<string> names) => names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
}
