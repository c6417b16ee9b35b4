// Bicep, as text.
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Deployment;

/// <summary>Writes a file of Bicep parameters.</summary>
internal sealed partial class BicepText
{
    private readonly StringBuilder _text = new();

    public void Line(string text = "") => _text.Append(text).Append('\n');

    /// <summary>A parameter with what it means.</summary>
    public void Parameter(string comment, string name, string value)
    {
        Line("// " + OneLine(comment));
        Line($"param {name} = {value}");
        Line();
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>A text, number, flag, list or map.</summary>
    public static string Of(in Value value) => value.Kind switch
    {
        ValueKind.Integer => value.ToString(),
        ValueKind.Boolean => value.AsBoolean() == true ? "true" : "false",
        ValueKind.List => List(value.AsList().Select(item => item.ToString())),
        ValueKind.Map => Map("  ", value.AsMap()!.Select(item => (item.Key, Of(item.Value)))),
        _ => Quoted(value.ToString()),
    };

    public static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Quoted))}]";

    /// <summary>An object, a property per line; the last line has an indentation of one step less.</summary>
    public static string Map(string indentation, IEnumerable<(string Key, string Value)> properties)
    {
        var lines = string.Concat(properties.Select(property => $"{indentation}{(Identifier().IsMatch(property.Key) ? property.Key : Quoted(property.Key))}: {property.Value}\n"));
        return lines.Length == 0 ? "{}" : $"{{\n{lines}{indentation[2..]}}}";
    }

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A text that stays within its comment.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    /// <summary>A text as Bicep writes it.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '\\' => @"\\",
                '\'' => @"\'",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                '$' => @"\$",
                _ when char.IsControl(character) => $"\\u{{{(int)character:x}}}",
                _ => character.ToString(),
            });
        }

        return quoted.Append('\'').ToString();
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
