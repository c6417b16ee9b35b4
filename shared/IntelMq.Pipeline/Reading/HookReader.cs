// Reads the hooks that a pipeline file names.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>Reads <c>hooks</c>: a list of maps with <c>type</c>, <c>bots</c> (a pattern, default <c>*</c>) and <c>parameters</c>.</summary>
internal sealed class HookReader(BotCatalogue catalogue, SecretReader secrets, ProblemLog problems)
{
    private static readonly string[] s_keys = ["type", "bots", "parameters"];

    private readonly Shapes _shapes = new(problems);

    public IEnumerable<(HookInstance Hook, SourcePosition At)> Read(ConfigEntry? entry)
    {
        if (entry is null or { Node: ConfigScalar { IsNull: true } })
        {
            yield break;
        }

        if (entry.Node is not ConfigList list)
        {
            problems.Error(entry.Node.At, entry.Key, $"'hooks' is {entry.Node.Description}, but must be a list of maps with 'type', 'bots' and 'parameters'.");
            yield break;
        }

        foreach (var item in list.Items)
        {
            if (item is not ConfigMap map)
            {
                problems.Error(item.At, "hooks", $"A hook is {item.Description}, but must be a map with 'type', 'bots' and 'parameters'.");
            }
            else if (ReadHook(map) is { } hook)
            {
                yield return (hook, map.At);
            }
        }
    }

    private HookInstance? ReadHook(ConfigMap map)
    {
        foreach (var unknown in map.Entries.Where(entry => !s_keys.Contains(entry.Key)))
        {
            problems.Error(unknown.At, unknown.Key, $"'{unknown.Key}' is no key of a hook{problems.Hint(unknown.Key, s_keys)}. A hook has 'type', 'bots' and 'parameters'.");
        }

        var hook = new HookInstance(_shapes.Text(map["type"]) ?? "", _shapes.Text(map["bots"]) ?? "*", Parameters(map));
        if (hook.Type.Length == 0)
        {
            problems.Error(map.At, "type", "A hook has no type. Add 'type: ' with the name of the hook.");
            return null;
        }

        return hook with { Assembly = Try(hook, map) };
    }

    // A hook does not declare its parameters, so their names tell which are secrets.
    private ValueMap Parameters(ConfigMap map)
    {
        var parameters = new ValueMap();
        foreach (var entry in _shapes.Map(map["parameters"])?.Entries ?? [])
        {
            var value = entry.Node.ToValue();
            parameters[entry.Key] = SecretReference.IsNamedSecret(entry.Key) ? secrets.Read(entry.Key, $"hook '{_shapes.Text(map["type"])}'", entry.At, value, matters: true) : value;
        }

        return parameters;
    }

    // Only the hook itself knows its parameters. Gives the name of its assembly.
    private string? Try(HookInstance hook, ConfigMap map)
    {
        if (HookCatalogue.Find(hook.Type, catalogue.Assemblies, out var problem) is not { } made)
        {
            problems.Error(map["type"]!.Node.At, "type", problem!);
            return null;
        }

        try
        {
            made.Configure(hook.Parameters);
        }
        catch (BotConfigurationException refusal)
        {
            foreach (var sentence in refusal.Problems)
            {
                problems.Error(map["parameters"]?.At ?? map.At, "parameters", sentence);
            }
        }

        return made.GetType().Assembly.GetName().Name;
    }
}
