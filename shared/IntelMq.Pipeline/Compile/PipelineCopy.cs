// The pipeline file as the app gets it: without secrets, comments and keys that mean nothing here, and with paths that an app can reach.
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Checks;
using IntelMq.Pipeline.Deployment;
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline.Compile;

/// <summary>Makes the app's pipeline file of the given one. Comments are left out too: they may hold yesterday's password.</summary>
internal sealed partial class PipelineCopy(Pipeline pipeline, PathRules paths, ProblemLog problems)
{
    private const string Hook = "hook";

    /// <summary>Whose the secrets of a hook are.</summary>
    public static string OwnerOf(string hook) => $"{Hook} {hook}";

    private readonly DeclaredKeys[] _declared = pipeline.Bots.Select(bot => bot.Descriptor).Distinct().Select(bot => new DeclaredKeys(bot)).ToArray();
    private readonly List<(string Owner, string Key, string Description, string? Setting, string? Reference)> _secrets = [];
    private Dictionary<(string Owner, string Key), string> _names = [];

    /// <summary>The secrets that were taken out.</summary>
    public IEnumerable<CompiledSecret> Secrets => _secrets
        .Select(secret => new CompiledSecret(secret.Setting ?? _names[(secret.Owner, secret.Key)], secret.Owner, secret.Key, secret.Description, secret.Reference))
        .DistinctBy(secret => secret.Setting);

    /// <summary>The file's text.</summary>
    public string Write(ConfigMap file)
    {
        // The first pass finds the secrets, so that the names of all are known in the second.
        _ = File(file);
        _names = SecretNames.Of(_secrets.Where(secret => secret.Setting is null).Select(secret => (secret.Owner, secret.Key)));
        _secrets.Clear();
        return "# Written by 'intelmq compile'. Secrets are read from the app settings that are named here.\n" + YamlText.Write(File(file));
    }

    private ConfigMap File(ConfigMap file) => Map(file, entry => entry.Key == PipelineReader.GlobalKey
        ? entry.Node is ConfigMap global ? Map(global, Global) : null
        : pipeline.Find(entry.Key) is { } bot && entry.Node is ConfigMap map ? Bot(bot, map) : null);

    private ConfigNode? Global(ConfigEntry entry)
    {
        if (entry.Key == "hooks")
        {
            return entry.Node is ConfigList hooks ? new ConfigList(hooks.At, hooks.Items.Select(HookOf).ToArray()) : entry.Node;
        }

        if (entry.Key == DeploymentReader.Key)
        {
            // For the templates; the app needs none of it.
            return null;
        }

        if (PipelineReader.Settings.Contains(entry.Key) || entry.Key == "run_mode")
        {
            return entry.Node;
        }

        var declarations = _declared.Select(bot => bot.Find(entry.Key)).OfType<ParameterDeclaration>().ToArray();
        var telling = declarations.FirstOrDefault(declaration => declaration.Secret || declaration.Rules.Path != PathUse.None) ?? declarations.FirstOrDefault();
        return telling is null ? null : Parameter(entry, telling, PipelineReader.GlobalKey, "global", enabled: true);
    }

    private ConfigMap Bot(BotInstance bot, ConfigMap map)
    {
        var declared = new DeclaredKeys(bot.Descriptor);
        var copy = Map(map, entry => entry.Key == "parameters"
            ? entry.Node is ConfigMap parameters ? Map(parameters, parameter => Parameter(bot, declared, parameter)) : null
            : PipelineReader.BotKeys.Contains(entry.Key) ? entry.Node : null);
        return WithDefaultPaths(bot, copy);
    }

    private ConfigNode? Parameter(BotInstance bot, DeclaredKeys declared, ConfigEntry entry) => ParameterMerge.IsPipelineKey(entry.Key)
        ? entry.Node
        : declared.Find(entry.Key) is { } declaration ? Parameter(entry, declaration, bot.Id, $"bot '{bot.Id}'", bot.Enabled) : null;

    private ConfigNode Parameter(ConfigEntry entry, ParameterDeclaration declaration, string owner, string named, bool enabled)
    {
        if (declaration.Secret)
        {
            return Secret(entry, owner, declaration.Description);
        }

        var text = entry.Node is ConfigScalar { Value: { Kind: ValueKind.Text } value } ? value.AsText()! : "";
        if (declaration.Rules.Path != PathUse.None && text.Length > 0)
        {
            return new ConfigScalar(entry.Node.At, Path(declaration.Rules.Path, text, entry.Node.At, entry.Key, named, enabled));
        }

        if (UserInUrl().IsMatch(text))
        {
            problems.Warning(entry.Node.At, entry.Key, $"'{entry.Key}' of the {named} is a URL with a password, which is written into the app's pipeline file as it is. Use the parameters for user and password, where the password is a secret.");
        }

        return entry.Node;
    }

    private string Path(PathUse use, string path, SourcePosition at, string key, string named, bool enabled)
    {
        var (resolved, problem) = paths.Resolve(use, path);
        if (resolved is null && enabled)
        {
            problems.Error(at, key, $"'{path}' ('{key}' of the {named}) {problem}");
        }

        return resolved ?? path;
    }

    // A path that nobody gives comes from the bot's declaration.
    private ConfigMap WithDefaultPaths(BotInstance bot, ConfigMap copy)
    {
        var added = new List<ConfigEntry>();
        var at = new SourcePosition(bot.Line, 1);
        foreach (var declaration in bot.Descriptor.Parameters.Where(declaration => declaration.Rules.Path != PathUse.None && declaration.Default.AsText() is { Length: > 0 }))
        {
            if (bot.Given(declaration) is null)
            {
                var path = declaration.Default.AsText()!;
                added.Add(new ConfigEntry(declaration.Key, at, new ConfigScalar(at, Path(declaration.Rules.Path, path, at, declaration.Key, $"bot '{bot.Id}', by default", bot.Enabled))));
            }
        }

        if (added.Count == 0)
        {
            return copy;
        }

        var parameters = copy["parameters"]?.Node as ConfigMap;
        var all = new ConfigEntry("parameters", at, new ConfigMap(at, [.. parameters?.Entries ?? [], .. added]));
        return new ConfigMap(copy.At, [.. copy.Entries.Where(entry => entry.Key != "parameters"), all]);
    }

    private ConfigNode HookOf(ConfigNode node)
    {
        if (node is not ConfigMap hook)
        {
            return node;
        }

        // Hooks declare nothing: what is a secret is told by names.
        var type = hook["type"]?.Node.ToValue().ToString() ?? Hook;
        return Map(hook, entry => entry.Key == "parameters" && entry.Node is ConfigMap parameters
            ? Map(parameters, parameter => SecretReference.IsNamedSecret(parameter.Key) ? Secret(parameter, OwnerOf(type), $"A parameter of the hook {type}.") : parameter.Node)
            : entry.Node);
    }

    private ConfigNode Secret(ConfigEntry entry, string owner, string description)
    {
        var value = entry.Node.ToValue();
        if (value.Kind is ValueKind.Null or ValueKind.Boolean || value.TextEquals("") || value.AsMap() is { Count: 0 })
        {
            return entry.Node;
        }

        var setting = SecretReference.VariableOf(value);
        var reference = value.Kind == ValueKind.Text && value.AsText()!.StartsWith(SecretReference.KeyVault, StringComparison.Ordinal) ? value.AsText() : null;
        _secrets.Add((owner, entry.Key, description, setting, reference));
        return new ConfigScalar(entry.Node.At, SecretReference.Prefix + (setting ?? _names.GetValueOrDefault((owner, entry.Key))));
    }

    private static ConfigMap Map(ConfigMap map, Func<ConfigEntry, ConfigNode?> change) =>
        new(map.At, map.Entries.Select(entry => (Entry: entry, Node: change(entry))).Where(item => item.Node is not null).Select(item => item.Entry with { Node = item.Node! }).ToList());

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s:@]+:[^/?#\s@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInUrl();
}
