// URLs with the time in them.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Collectors;

/// <summary>Fills <c>{time[%Y-%m-%d]}</c> in a URL.</summary>
internal static partial class UrlTemplate
{
    /// <summary>The URL for a time; <paramref name="formatting"/> is false, true, or a map that shifts the time.</summary>
    public static string Fill(string url, in Value formatting, DateTimeOffset time)
    {
        if (formatting.AsMap() is { } shifts)
        {
            foreach (var (unit, amount) in shifts)
            {
                time += SpanOf(unit, amount);
            }
        }
        else if (formatting.AsBoolean() != true)
        {
            return url;
        }

        var at = time.UtcDateTime;
        return Placeholder().Replace(url, match => Directive().Replace(match.Groups[1].Value, directive => Part(directive.Value, at)));
    }

    private static TimeSpan SpanOf(string unit, in Value amount)
    {
        var number = amount.AsFloat() ?? throw new BotConfigurationException($"'http_url_formatting' has no number for '{unit}'.");
        return unit switch
        {
            "weeks" => TimeSpan.FromDays(7 * number),
            "days" => TimeSpan.FromDays(number),
            "hours" => TimeSpan.FromHours(number),
            "minutes" => TimeSpan.FromMinutes(number),
            "seconds" => TimeSpan.FromSeconds(number),
            _ => throw new BotConfigurationException($"'http_url_formatting' knows weeks, days, hours, minutes and seconds, and not '{unit}'."),
        };
    }

    private static string Part(string directive, DateTime at) => directive[1] switch
    {
        'Y' => at.ToString("yyyy", CultureInfo.InvariantCulture),
        'y' => at.ToString("yy", CultureInfo.InvariantCulture),
        'm' => at.ToString("MM", CultureInfo.InvariantCulture),
        'd' => at.ToString("dd", CultureInfo.InvariantCulture),
        'H' => at.ToString("HH", CultureInfo.InvariantCulture),
        'I' => at.ToString("hh", CultureInfo.InvariantCulture),
        'M' => at.ToString("mm", CultureInfo.InvariantCulture),
        'S' => at.ToString("ss", CultureInfo.InvariantCulture),
        'j' => at.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'b' => at.ToString("MMM", CultureInfo.InvariantCulture),
        'B' => at.ToString("MMMM", CultureInfo.InvariantCulture),
        's' => new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        '%' => "%",
        _ => throw new BotConfigurationException($"'http_url' uses '{directive}', which is not known. Known are %Y %y %m %d %H %I %M %S %j %b %B %s."),
    };

    [GeneratedRegex(@"\{time\[([^\]]*)\]\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex("%.", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Directive();
}
