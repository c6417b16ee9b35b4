// What a plain YAML scalar stands for: the core schema of YAML 1.2.
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Files;

/// <summary>The core schema of YAML 1.2. <c>yes</c>, <c>no</c> and dates stay texts.</summary>
internal static partial class YamlScalars
{
    // More digits than anybody means: a text, so that no number takes quadratic time to read.
    private const int MaxNumberLength = 100;

    /// <summary>The value of a plain scalar.</summary>
    public static Value Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => Value.Null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        { Length: > MaxNumberLength } => text,
        _ => Number(text) ?? text,
    };

    private static Value? Number(string text)
    {
        if (Integer().IsMatch(text))
        {
            return Value.Of(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        }

        if (Float().IsMatch(text))
        {
            return double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        if (Hexadecimal().IsMatch(text))
        {
            return Value.Of(BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }

        return Octal().IsMatch(text)
            ? Value.Of(text[2..].Aggregate(BigInteger.Zero, (number, digit) => (number * 8) + (digit - '0')))
            : (Value?)null;
    }

    [GeneratedRegex(@"^[-+]?[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Float();

    [GeneratedRegex(@"^0x[0-9a-fA-F]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^0o[0-7]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();
}
