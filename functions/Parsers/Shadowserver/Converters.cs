// The conversions that Shadowserver's schema names.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Parsers.Shadowserver;

/// <summary>Converts a cell; <see cref="Value.Missing"/> stands for "nothing to store".</summary>
/// <param name="cell">The cell.</param>
/// <param name="row">The row, for conversions that look at other cells.</param>
/// <param name="clock">Completes dates that lack parts.</param>
internal delegate Value Converter(string cell, CsvRecord row, TimeProvider clock);

/// <summary>The conversions by name.</summary>
internal static partial class Converters
{
    private static readonly Dictionary<string, Converter> s_byName = new(StringComparer.Ordinal)
    {
        ["add_UTC_to_timestamp"] = (cell, _, _) => cell.Length == 0 ? Value.Missing : cell + " UTC",
        ["convert_bool"] = (cell, _, _) => ToBoolean(cell),
        ["validate_to_none"] = (cell, _, _) => cell is "" or "0" or "unknown" ? Value.Missing : cell,
        ["convert_int"] = (cell, _, _) => long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : Value.Missing,
        ["convert_float"] = (cell, _, _) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : Value.Missing,
        ["convert_http_host_and_url"] = HttpUrl,
        ["invalidate_zero"] = (cell, _, _) => long.TryParse(cell, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number != 0 ? number : Value.Missing,
        ["validate_ip"] = (cell, _, _) => cell is "0.0.0.0" || cell.Contains('/', StringComparison.Ordinal) || !IpNumber.TryParse(cell, out var _) ? Value.Missing : cell,
        ["validate_network"] = (cell, _, clock) => Proper(FieldTypes.IpNetwork, cell, clock),
        ["validate_fqdn"] = (cell, _, clock) => Proper(FieldTypes.Fqdn, cell, clock),
        ["convert_date"] = (cell, _, clock) => TimeFormat.Fuzzy.TryConvert(cell, clock, out var time) ? time : Value.Missing,
        ["convert_date_utc"] = (cell, _, clock) => cell.Length > 0 && TimeFormat.Fuzzy.TryConvert(cell + " UTC", clock, out var time) ? time : Value.Missing,
        ["force_base64"] = (cell, _, _) => cell.Length == 0 ? Value.Missing : Convert.FromBase64String(Padded(cell)) is { Length: > 0 } ? cell : Value.Missing,
        ["extract_cve_from_tag"] = (cell, _, _) => string.Join(';', Cve().Matches(cell).Select(match => match.Value.ToUpperInvariant()).Distinct().Order(StringComparer.Ordinal)) is { Length: > 0 } found ? found : Value.Missing,
    };

    /// <summary>The cell as it is.</summary>
    public static Value AsItIs(string cell, CsvRecord row, TimeProvider clock) => cell;

    /// <summary>The conversion of a name; null where it is not known.</summary>
    public static Converter? Find(string name) => s_byName.GetValueOrDefault(name);

    private static Value ToBoolean(string cell) => cell.Trim().ToLowerInvariant() switch
    {
        "y" or "yes" or "true" or "enabled" or "1" => true,
        "n" or "no" or "false" or "disabled" or "0" => false,
        _ => Value.Missing,
    };

    // A URL from its parts: the host from the first column that has one, the path from the request line or the path alone.
    private static Value HttpUrl(string cell, CsvRecord row, TimeProvider clock)
    {
        var host = First(row["cc_dns"], row["http_host"], row["hostname"], row["ip"]);
        var path = First(row["url"], row["http_url"]);
        if (host.Length == 0 || path.Length == 0)
        {
            return cell.Length == 0 ? Value.Missing : cell;
        }

        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return cell;
        }

        path = path[slash..].Split(' ')[0];
        var scheme = row["application"] is "http" or "https" ? row["application"] : "http";
        return $"{scheme}://{host}{path}";
    }

    private static string First(params string?[] cells) => cells.FirstOrDefault(cell => !string.IsNullOrEmpty(cell)) ?? "";

    private static Value Proper(FieldType type, string cell, TimeProvider clock) =>
        cell.Length > 0 && type.TrySanitize(cell, clock, out var proper) && type.IsValid(proper) ? proper : Value.Missing;

    private static string Padded(string text)
    {
        var clean = string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/'));
        return (clean.Length % 4) switch { 2 => clean + "==", 3 => clean + "=", 1 => clean[..^1], _ => clean };
    }

    [GeneratedRegex(@"cve-\d{4}-\d{4,7}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Cve();
}
