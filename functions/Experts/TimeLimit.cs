// A limit in time, absolute or as an age: the parameters not_before and not_after.
using System.Buffers;
using System.Globalization;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>An instant, or an age that is counted back from now.</summary>
internal readonly struct TimeLimit
{
    private readonly DateTimeOffset _instant;
    private readonly TimeSpan? _age;

    private TimeLimit(DateTimeOffset instant, TimeSpan? age) => (_instant, _age) = (instant, age);

    /// <summary>Reads a date with or without time (UTC where it names no time zone) or an age such as "4 hours".</summary>
    /// <exception cref="BotConfigurationException">The text is neither.</exception>
    public static TimeLimit Parse(string key, string text)
    {
        if (RelativeTime.TryParseMinutes(text, out var minutes))
        {
            return new TimeLimit(default, TimeSpan.FromMinutes(Math.Min(minutes, TimeSpan.MaxValue.TotalMinutes / 2)));
        }

        // Without NoCurrentDateDefault a time of day alone would mean today, and every start another day.
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault;
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out var instant) && instant.Year > 1
            ? new TimeLimit(new DateTimeOffset(instant, TimeSpan.Zero), null)
            : throw new BotConfigurationException($"'{key}' is '{text}'; write a time such as '2015-09-12T06:22:11+00:00' or an age such as '4 hours'.");
    }

    /// <summary>The limit as an instant.</summary>
    public DateTimeOffset At(TimeProvider clock)
    {
        if (_age is not { } age)
        {
            return _instant;
        }

        var now = clock.GetUtcNow();
        return age < now - DateTimeOffset.MinValue ? now - age : DateTimeOffset.MinValue;
    }

    /// <summary>The instant of a time field; false where it has none.</summary>
    public static bool TryRead(in Value value, out DateTimeOffset instant)
    {
        Span<char> onStack = stackalloc char[40];
        ReadOnlySpan<char> text = value.TryGetPlainUtf8(out var utf8) && Ascii.ToUtf16(utf8, onStack, out var length) == OperationStatus.Done ? onStack[..length] : value.AsText();
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);
    }
}
