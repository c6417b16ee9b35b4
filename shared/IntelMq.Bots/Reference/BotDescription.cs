// A bot for people and for programs: what `intelmq describe` prints.
using System.Globalization;
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots.Reference;

/// <summary>Describes a bot from its declarations.</summary>
public static class BotDescription
{
    /// <summary>The bot as text for a terminal.</summary>
    public static string ToText(BotDescriptor bot)
    {
        var text = new StringBuilder();
        text.AppendLine(bot.Id).AppendLine().AppendLine(bot.Description).AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"kind        {bot.Kind.ToString().ToLowerInvariant()}").AppendLine();
        if (bot.Kind == BotKind.Output)
        {
            text.Append(CultureInfo.InvariantCulture, $"guarantee   {GuaranteeText(bot.Declaration.Guarantee)}").AppendLine();
        }

        AppendList(text, "paths", bot.Paths);
        AppendList(text, "reads", bot.Reads);
        AppendList(text, "sets", bot.Sets);
        if (bot.Declaration.Unverified is { } unverified)
        {
            text.Append(CultureInfo.InvariantCulture, $"unverified  {unverified}").AppendLine();
        }

        text.AppendLine().AppendLine("parameters");
        foreach (var parameter in bot.Parameters)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {parameter.Key,-32} {parameter.TypeName}{RulesText(parameter)}").AppendLine();
            text.Append(CultureInfo.InvariantCulture, $"  {"",-32} {parameter.Description}").AppendLine();
        }

        return text.ToString();
    }

    /// <summary>The bot as a map for programs.</summary>
    public static Value ToValue(BotDescriptor bot) => Value.Of(new ValueMap
    {
        ["id"] = bot.Id,
        ["kind"] = bot.Kind.ToString().ToLowerInvariant(),
        ["description"] = bot.Description,
        ["guarantee"] = bot.Kind == BotKind.Output ? GuaranteeText(bot.Declaration.Guarantee) : Value.Null,
        ["paths"] = Texts(bot.Paths),
        ["reads"] = Texts(bot.Reads),
        ["sets"] = Texts(bot.Sets),
        ["unverified"] = bot.Declaration.Unverified ?? Value.Null,
        ["parameters"] = Value.Of(bot.Parameters.Select(ToValue)),
    });

    /// <summary>The guarantee in words.</summary>
    public static string GuaranteeText(OutputGuarantee guarantee) => guarantee switch
    {
        OutputGuarantee.Exact => "exact: none lost, none twice",
        OutputGuarantee.AtLeastOnceMarked => "at least once, marked: a crash may repeat calls in flight, with the same id",
        OutputGuarantee.AtLeastOnce => "at least once: a crash may repeat calls in flight; the sink has no place for an id that would show it",
        _ => "none",
    };

    /// <summary>Default and rules of a parameter, in words.</summary>
    public static string RulesText(ParameterDeclaration parameter)
    {
        var parts = new List<string>();
        if (parameter.Required)
        {
            parts.Add("required");
        }
        else if (!parameter.Default.IsMissing)
        {
            parts.Add($"default {DefaultText(parameter)}");
        }

        if (double.IsFinite(parameter.Rules.Minimum))
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"at least {parameter.Rules.Minimum}"));
        }

        if (double.IsFinite(parameter.Rules.Maximum))
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"at most {parameter.Rules.Maximum}"));
        }

        if (parameter.Rules.Pattern is { } pattern)
        {
            parts.Add($"of the form {pattern}");
        }

        if (parameter.Secret)
        {
            parts.Add("secret");
        }

        if (parameter.Alias is { } alias)
        {
            parts.Add($"also {alias}");
        }

        if (parameter.Rules.Path != PathUse.None)
        {
            parts.Add(parameter.Rules.Path switch
            {
                PathUse.Read => "a file to read",
                PathUse.ReadFolder => "a folder to read",
                PathUse.Append => "a file to append to",
                _ => "a file to replace",
            });
        }

        if (parameter.Rules.Since is { } since)
        {
            parts.Add($"since {since}");
        }

        if (parameter.Rules.Deprecated is { } deprecated)
        {
            parts.Add($"deprecated: {deprecated}");
        }

        return parts.Count == 0 ? "" : "; " + string.Join("; ", parts);
    }

    /// <summary>The default as it would stand in a pipeline file.</summary>
    public static string DefaultText(ParameterDeclaration parameter) =>
        parameter.Default.Kind == ValueKind.Text ? $"'{parameter.Default}'" : JsonText.Write(parameter.Default, JsonStyle.Export);

    private static Value ToValue(ParameterDeclaration parameter) => Value.Of(new ValueMap
    {
        ["key"] = parameter.Key,
        ["type"] = parameter.TypeName,
        ["default"] = parameter.Default.IsMissing ? Value.Null : parameter.Default,
        ["required"] = parameter.Required,
        ["secret"] = parameter.Secret,
        ["minimum"] = double.IsFinite(parameter.Rules.Minimum) ? parameter.Rules.Minimum : Value.Null,
        ["maximum"] = double.IsFinite(parameter.Rules.Maximum) ? parameter.Rules.Maximum : Value.Null,
        ["pattern"] = parameter.Rules.Pattern ?? Value.Null,
        ["allowed"] = Texts(parameter.Allowed),
        ["alias"] = parameter.Alias ?? Value.Null,
        ["path"] = parameter.Rules.Path == PathUse.None ? Value.Null : ParameterDeclaration.KeyOf(parameter.Rules.Path.ToString()),
        ["example"] = parameter.Rules.Example ?? Value.Null,
        ["since"] = parameter.Rules.Since ?? Value.Null,
        ["deprecated"] = parameter.Rules.Deprecated ?? Value.Null,
        ["description"] = parameter.Description,
    });

    private static Value Texts(IEnumerable<string> texts) => Value.Of(texts.Select(Value.Of));

    private static void AppendList(StringBuilder text, string name, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-11} {string.Join(", ", items)}").AppendLine();
        }
    }
}
