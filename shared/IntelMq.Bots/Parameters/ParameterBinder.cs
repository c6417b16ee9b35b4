// Binds the values of a pipeline file to a parameters record.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>A problem with a parameter.</summary>
/// <param name="Key">The key as it was given; null where the problem concerns several or none.</param>
/// <param name="Message">A sentence with value, rule and cure.</param>
/// <param name="IsWarning">The bot can run all the same.</param>
public sealed record ParameterProblem(string? Key, string Message, bool IsWarning);

/// <summary>The result of binding.</summary>
/// <param name="Parameters">The record; null where there is an error.</param>
/// <param name="Problems">All problems.</param>
public sealed record BoundParameters(BotParameters? Parameters, IReadOnlyList<ParameterProblem> Problems);

/// <summary>Binds values to parameters: type sanitation, rules, unknown keys; every problem at once.</summary>
public static class ParameterBinder
{
    /// <summary>Binds. Null values count as not given.</summary>
    public static BoundParameters Bind(BotDescriptor bot, IReadOnlyDictionary<string, Value> values, bool unknownKeysAreErrors = true)
    {
        var problems = new List<ParameterProblem>();
        var record = (BotParameters)Activator.CreateInstance(bot.ParametersType)!;
        var byKey = new Dictionary<string, ParameterDeclaration>(StringComparer.Ordinal);
        foreach (var declaration in bot.Parameters)
        {
            byKey[declaration.Key] = declaration;
            if (declaration.Alias is { } alias)
            {
                byKey[alias] = declaration;
            }
        }

        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in values)
        {
            if (byKey.TryGetValue(key, out var declaration))
            {
                Bind(record, declaration, key, value, given, problems);
            }
            else if (unknownKeysAreErrors)
            {
                var hint = NearName.Find(key, byKey.Keys) is { } near ? $" Did you mean '{near}'?" : " Remove it, or look at the bot's page for what it can do.";
                problems.Add(new ParameterProblem(key, $"'{key}' is no parameter of {bot.Id}.{hint}", IsWarning: false));
            }
        }

        foreach (var missing in bot.Parameters.Where(declaration => declaration.Required && !given.Contains(declaration.Key)))
        {
            problems.Add(new ParameterProblem(missing.Key, $"'{missing.Key}' is required: {missing.Description}", IsWarning: false));
        }

        if (problems.All(problem => problem.IsWarning))
        {
            problems.AddRange(record.Validate().Select(sentence => new ParameterProblem(null, sentence, IsWarning: false)));
        }

        return new BoundParameters(problems.All(problem => problem.IsWarning) ? record : null, problems);
    }

    private static void Bind(BotParameters record, ParameterDeclaration declaration, string key, in Value value, HashSet<string> given, List<ParameterProblem> problems)
    {
        if (value.Kind is ValueKind.Missing or ValueKind.Null)
        {
            // Existing files say "no value" with null; a property that can hold it takes it, for the others the default stays.
            if (declaration.Nullable && !declaration.Required)
            {
                declaration.Property.SetValue(record, null);
            }

            return;
        }

        if (!given.Add(declaration.Key))
        {
            problems.Add(new ParameterProblem(key, $"'{declaration.Key}' is given twice, as '{declaration.Key}' and as '{declaration.Alias}'. Keep one.", IsWarning: false));
            return;
        }

        if (!ParameterConversion.TryConvert(declaration, value, out var converted))
        {
            problems.Add(new ParameterProblem(key, $"'{key}' is {Shown(declaration, value)}; allowed is {ParameterConversion.Allowed(declaration)}.", IsWarning: false));
            return;
        }

        declaration.Property.SetValue(record, converted);
        if (declaration.Rules.Deprecated is { } reason)
        {
            problems.Add(new ParameterProblem(key, $"'{key}' should not be used any more: {reason}", IsWarning: true));
        }
    }

    private static string Shown(ParameterDeclaration declaration, in Value value)
    {
        if (declaration.Secret)
        {
            return "of the wrong form (its value is not shown)";
        }

        var text = value.Kind == ValueKind.Text ? $"'{value}'" : value.ToString();
        return text.Length <= 100 ? text : text[..100] + "…";
    }
}
