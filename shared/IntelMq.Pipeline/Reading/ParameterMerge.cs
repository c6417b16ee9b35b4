// Gives every bot its parameters: global, system keys, its own, environment; the later wins. Then binds them.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Checks;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>Gives every bot its parameters and binds them.</summary>
internal sealed class ParameterMerge(DraftPipeline pipeline, IReadOnlyDictionary<string, string> environment, SecretReader secrets, IReadOnlySet<string>? running, ProblemLog problems)
{
    private const string EnvironmentPrefix = "INTELMQ_";

    // Keys below "parameters" that the pipeline itself carries out.
    private static readonly string[] s_pipelineKeys = ["destination_queues", "source_queue", "run_mode", "enabled"];

    // Keys of the bot that IntelMQ hands to it as parameters.
    private static readonly string[] s_systemKeys = ["enabled", "run_mode", "group", "description", "module", "name"];

    /// <summary>Whether a key below "parameters" is one that the pipeline itself carries out.</summary>
    public static bool IsPipelineKey(string key) => s_pipelineKeys.Contains(key);

    public void Run()
    {
        foreach (var bot in pipeline.Bots)
        {
            Merge(bot);
            Bind(bot);
        }
    }

    /// <summary>The variable that overrides a parameter.</summary>
    public static string Variable(string key) => EnvironmentPrefix + key.ToUpperInvariant();

    private void Merge(DraftBot bot)
    {
        var declared = new DeclaredKeys(bot.Descriptor);
        foreach (var entry in pipeline.GlobalParameters.Where(entry => declared.Has(entry.Key)))
        {
            Give(entry, GivenBy.Global);
        }

        foreach (var key in s_systemKeys.Where(declared.Has))
        {
            // IntelMQ does not set empty ones.
            if (bot.Map[key] is { Node: ConfigScalar { IsNull: false } scalar } entry && !scalar.Value.TextEquals(""))
            {
                Give(entry, GivenBy.System);
            }
        }

        foreach (var entry in bot.ParameterMap?.Entries ?? [])
        {
            if (!s_pipelineKeys.Contains(entry.Key) && (declared.Has(entry.Key) || !KeyChecks.IsIgnoredParameter(entry.Key)))
            {
                Give(entry, GivenBy.Parameters);
            }
        }

        if (bot.Map["schedule"] is { } schedule)
        {
            Give(schedule, GivenBy.Parameters);
        }

        foreach (var (variable, text) in environment.Where(item => item.Key.StartsWith(EnvironmentPrefix, StringComparison.Ordinal)))
        {
            var key = variable[EnvironmentPrefix.Length..].ToLowerInvariant();
            if (declared.Has(key))
            {
                declared.Put(bot.Given, key, new GivenValue(FromEnvironment(text), bot.At, GivenBy.Environment));
            }
        }

        ReadSecrets(bot, declared);

        void Give(ConfigEntry entry, GivenBy by) => declared.Put(bot.Given, entry.Key, new GivenValue(entry.Node.ToValue(), entry.At, by));
    }

    private void ReadSecrets(DraftBot bot, DeclaredKeys declared)
    {
        foreach (var (key, given) in bot.Given.Where(item => item.Value.By != GivenBy.Environment && declared.Find(item.Key)?.Secret == true).ToArray())
        {
            var secret = secrets.Read(key, $"bot '{bot.Id}'", given.At, given.Value, bot.Enabled && running?.Contains(bot.Id) != false && IgnoredKeys.Reason(key) is null);

            // A map cannot be bound to the name of a variable that is missing; the problem is told already.
            var isMissing = secret == given.Value && SecretReference.VariableOf(secret) is not null && declared.Find(key)!.TypeName is "map";
            bot.Given[key] = given with { Value = isMissing ? Value.Of(new ValueMap()) : secret };
        }
    }

    private void Bind(DraftBot bot)
    {
        if (bot.Descriptor is null)
        {
            return;
        }

        var values = bot.Given.ToDictionary(item => item.Key, item => item.Value.Value, StringComparer.Ordinal);
        var bound = ParameterBinder.Bind(bot.Descriptor, values);
        bot.Parameters = bound.Parameters;
        foreach (var problem in bound.Problems)
        {
            var given = problem.Key is null ? null : bot.Given.GetValueOrDefault(problem.Key);
            var at = given?.At ?? bot.ParameterMap?.At ?? bot.At;
            var source = given?.By == GivenBy.Environment ? $" (from the environment variable {Variable(problem.Key!)})" : "";
            var message = $"Bot '{bot.Id}'{source}: {problem.Message}";
            if (problem.IsWarning)
            {
                problems.Warning(at, problem.Key, message);
            }
            else
            {
                problems.Error(at, problem.Key, message);
            }
        }
    }

    // As IntelMQ reads its environment; a number with a leading zero is rather a password.
    private static Value FromEnvironment(string text) => text switch
    {
        "True" => true,
        "False" => false,
        "0" => 0,
        [>= '1' and <= '9', ..] when text.All(char.IsAsciiDigit) => YamlScalars.Resolve(text),
        _ => text,
    };
}
