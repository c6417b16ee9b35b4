// The sanitation of the benchmark's columns by hand.
using System.Globalization;
using IntelMq.DataFormat;

namespace IntelMq.Benchmarks;

/// <summary>
/// Writes the proper form of a cell. What feeds usually deliver is checked by hand; everything else (a time in words, a name with umlauts, a URL without
/// a scheme) is left to the data format, which knows all rules. Either way the result is what the product would store.
/// </summary>
internal static class EverydayValues
{
    private static readonly TimeFormat s_anyTime = TimeFormat.Parse(null);
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_types =
        new HashSet<string>([.. Taxonomies.ByType.Keys, "blacklist", "other", "undetermined"]).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Writes the proper form of a cell and gives its length, -1 where the cell is not of the usual form.</summary>
    public delegate int Usual(ReadOnlySpan<char> cell, Span<char> proper);

    /// <summary>How the usual cells of a column are written.</summary>
    public static Usual For(string column) => column switch
    {
        "time.source" => Time,
        "source.ip" or "destination.ip" => Address,
        "source.port" => (cell, proper) => Number(cell, 5, proper),
        "destination.port" => (cell, proper) => Number(cell, 18, proper),
        "source.asn" => (cell, proper) => Number(cell, 9, proper),
        "source.geolocation.cc" => (cell, proper) => cell.Length == 2 && !cell.ContainsAnyExceptInRange('A', 'Z') ? Copy(cell, proper) : -1,
        "source.network" => Network,
        "source.url" => (cell, proper) => IsUrl(cell) ? Copy(cell, proper) : -1,
        "source.reverse_dns" or "source.fqdn" => (cell, proper) => IsName(cell) ? Copy(cell, proper) : -1,
        "protocol.transport" => (cell, proper) => cell is "tcp" or "udp" or "icmp" ? Copy(cell, proper) : -1,
        "protocol.application" or "malware.name" => (cell, proper) => IsPlain(cell) && cell.Length <= 100 && !cell.ContainsAnyInRange('A', 'Z') ? Copy(cell, proper) : -1,
        "classification.type" => (cell, proper) => s_types.Contains(cell) ? Copy(cell, proper) : -1,
        "classification.taxonomy" => Copy,
        _ when column.StartsWith("extra.", StringComparison.Ordinal) => Copy,
        _ => (cell, proper) => IsPlain(cell) ? Copy(cell, proper) : -1,
    };

    /// <summary>Writes the proper form and gives its length; 0 where the cell means nothing, -1 where it is unfit.</summary>
    public static int Write(string column, Usual usual, ReadOnlySpan<char> cell, Span<char> proper)
    {
        if (cell is "" or "-" or "N/A")
        {
            return 0;
        }

        return usual(cell, proper) is >= 0 and var length ? length : Unusual(column, cell.ToString(), proper);
    }

    private static int Unusual(string column, string cell, Span<char> proper)
    {
        Value value = cell;
        var options = AddOptions.RefuseUnfit;
        if (column == "time.source")
        {
            if (!s_anyTime.TryConvert(cell, TimeProvider.System, out value))
            {
                return -1;
            }

            options |= AddOptions.AsIs;
        }
        else if (column == "source.url" && !cell.Contains("://", StringComparison.Ordinal))
        {
            value = "http://" + cell;
        }

        var made = new Event();
        return made.Add(column, value, options) switch
        {
            AddResult.Added => Copy(made[column].ToString(), proper),
            AddResult.Refused => -1,
            _ => 0,
        };
    }

    private static int Time(ReadOnlySpan<char> cell, Span<char> proper) =>
        cell.Length == 25 && cell.EndsWith("+00:00") && cell[10] == 'T'
        && DateTime.TryParseExact(cell[..19], "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? Copy(cell, proper) : -1;

    private static int Address(ReadOnlySpan<char> cell, Span<char> proper) =>
        !IpNumber.TryParse(cell, out var address) || address == new IpNumber(0, 4) ? -1
        : address.Version == 4 ? Copy(cell, proper) : address.Format(proper);

    private static int Number(ReadOnlySpan<char> cell, int digits, Span<char> proper) =>
        cell.Length <= digits && !cell.ContainsAnyExceptInRange('0', '9') && cell[0] != '0' ? Copy(cell, proper) : -1;

    private static int Network(ReadOnlySpan<char> cell, Span<char> proper)
    {
        var slash = cell.IndexOf('/');
        if (slash < 0 || cell[(slash + 1)..].ContainsAnyExceptInRange('0', '9') || !IpNumber.TryParse(cell[..slash], out var address)
            || !int.TryParse(cell[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) || prefix > address.Length)
        {
            return -1;
        }

        var length = address.Network(prefix).Format(proper);
        proper[length++] = '/';
        prefix.TryFormat(proper[length..], out var written, default, CultureInfo.InvariantCulture);
        return length + written;
    }

    private static bool IsUrl(ReadOnlySpan<char> url) =>
        IsPlain(url) && url.Contains("://", StringComparison.Ordinal) && !url.Contains("hxxp", StringComparison.Ordinal)
        && Url.TrySplit(url, out var parts) && !parts.Authority.IsEmpty;

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.'))
            {
                return false;
            }
        }

        return name.Length <= 63 && name[0] != '.' && name[^1] != '.' && !name.Contains("..", StringComparison.Ordinal)
            && !name.Contains("xn--", StringComparison.Ordinal) && !IpNumber.TryParse(name, out _);
    }

    private static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~') && text[0] != ' ' && text[^1] != ' ';

    private static int Copy(ReadOnlySpan<char> text, Span<char> proper)
    {
        text.CopyTo(proper);
        return text.Length;
    }
}
