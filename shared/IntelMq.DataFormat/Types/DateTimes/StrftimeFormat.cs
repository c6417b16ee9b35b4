// Times as text in the notation of strftime ("%Y-%m-%d").
using System.Globalization;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>
/// A format for writing times in Python's notation. Directives: <c>%a %A %b %B %d %f %F %H %I %j %m %M %p %s %S %T %w %y %Y %z %Z %%</c>. Names are English, times UTC.
/// </summary>
public sealed class StrftimeFormat
{
    private const string Known = "aAbBdfFHIjmMpsSTwyYzZ%";

    private readonly string _format;

    private StrftimeFormat(string format) => _format = format;

    /// <summary>Understands a format.</summary>
    /// <exception cref="ArgumentException">An unknown directive, or a percent sign at the end. The message is a sentence.</exception>
    public static StrftimeFormat Parse(string format)
    {
        for (var i = format.IndexOf('%', StringComparison.Ordinal); i >= 0; i = i + 2 > format.Length ? -1 : format.IndexOf('%', i + 2))
        {
            var directive = i + 1 < format.Length ? format[i + 1].ToString() : "";
            if (directive.Length == 0 || !Known.Contains(directive, StringComparison.Ordinal))
            {
                throw new ArgumentException($"The time format '{format}' has the unknown directive '%{directive}'. Known are %{string.Join(" %", Known.AsEnumerable())}.");
            }
        }

        return new StrftimeFormat(format);
    }

    /// <summary>A time as text.</summary>
    public string Write(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        var text = new StringBuilder(_format.Length + 8);
        for (var i = 0; i < _format.Length; i++)
        {
            if (_format[i] == '%')
            {
                text.Append(Part(_format[++i], utc));
            }
            else
            {
                text.Append(_format[i]);
            }
        }

        return text.ToString();
    }

    private static string Part(char directive, DateTime utc) => directive switch
    {
        'a' => Text(utc, "ddd"),
        'A' => Text(utc, "dddd"),
        'b' => Text(utc, "MMM"),
        'B' => Text(utc, "MMMM"),
        'd' => Text(utc, "dd"),
        'f' => Text(utc, "ffffff"),
        'F' => Text(utc, "yyyy-MM-dd"),
        'H' => Text(utc, "HH"),
        'I' => Text(utc, "hh"),
        'j' => utc.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'm' => Text(utc, "MM"),
        'M' => Text(utc, "mm"),
        'p' => Text(utc, "tt"),
        's' => new DateTimeOffset(utc).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Text(utc, "ss"),
        'T' => Text(utc, "HH':'mm':'ss"),
        'w' => ((int)utc.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'y' => Text(utc, "yy"),
        'Y' => Text(utc, "yyyy"),
        'z' => "+0000",
        'Z' => "UTC",
        _ => "%",
    };

    private static string Text(DateTime utc, string format) => utc.ToString(format, CultureInfo.InvariantCulture);
}
