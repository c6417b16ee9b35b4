// URLs with the time in them.
using System.Text.RegularExpressions;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Collectors;

/// <summary>Fills <c>{time[%Y-%m-%d]}</c> in a URL.</summary>
internal static partial class UrlTemplate
{
    private const double MostDays = 36_500;

    /// <summary>The URL for a time; <paramref name="formatting"/> is false, true, or a map that shifts the time.</summary>
    /// <exception cref="BotConfigurationException">The shift or the format of the time is not understood, or no http URL comes out.</exception>
    public static Uri Fill(string url, in Value formatting, DateTimeOffset time)
    {
        var filled = formatting.AsMap() is { } shifts ? Fill(url, Shifted(time, shifts)) : HttpCollectorParameters.IsOn(formatting) ? Fill(url, time) : url;
        return Uri.TryCreate(filled, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new BotConfigurationException($"'http_url' is '{filled}', which is no http or https URL.");
    }

    private static string Fill(string url, DateTimeOffset time)
    {
        try
        {
            return Placeholder().Replace(url, match => StrftimeFormat.Parse(match.Groups[1].Value).Write(time));
        }
        catch (ArgumentException error)
        {
            throw new BotConfigurationException($"'http_url': {error.Message}");
        }
    }

    private static DateTimeOffset Shifted(DateTimeOffset time, ValueMap shifts)
    {
        foreach (var (unit, amount) in shifts)
        {
            var number = amount.AsFloat() ?? throw new BotConfigurationException($"'http_url_formatting' has no number for '{unit}'.");
            var days = number * unit switch
            {
                "weeks" => 7,
                "days" => 1,
                "hours" => 1 / 24.0,
                "minutes" => 1 / 1440.0,
                "seconds" => 1 / 86400.0,
                _ => throw new BotConfigurationException($"'http_url_formatting' knows weeks, days, hours, minutes and seconds, and not '{unit}'."),
            };
            time += Math.Abs(days) <= MostDays
                ? TimeSpan.FromSeconds(Math.Round(days * 86400, 3))
                : throw new BotConfigurationException($"'http_url_formatting' shifts the time by {number} {unit}; at most {MostDays} days make sense.");
        }

        return time;
    }

    [GeneratedRegex(@"\{time\[([^\]]*)\]\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();
}
