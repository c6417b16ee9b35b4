// How a feed writes its times: the parameter time_format.
using System.Globalization;

namespace IntelMq.DataFormat;

/// <summary>
/// A way of writing times, from the text of a parameter:
/// <c>timestamp</c> (seconds since 1970), <c>epoch_millis</c>, <c>windows_nt</c> (100 ns since 1601), <c>utc_isoformat</c> (the stored form),
/// <c>from_format|FORMAT</c>, <c>from_format_midnight|FORMAT</c> (the day only), <c>fuzzy</c> (any date within any text; the default).
/// </summary>
public sealed class TimeFormat
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMillisecond / 1000;

    // More than the calendar's ten thousand years, and little enough for 64 bits of ticks.
    private const double MaxSeconds = 4e11;
    private readonly StrptimeFormat? _format;

    private TimeFormat(string name, StrptimeFormat? format)
    {
        Name = name;
        _format = format;
    }

    /// <summary>Any date within any text.</summary>
    public static TimeFormat Fuzzy { get; } = new("fuzzy", null);

    /// <summary>The name of the way, without a format.</summary>
    public string Name { get; }

    /// <summary>The format of <c>from_format</c> and <c>from_format_midnight</c>, else null.</summary>
    public string? Format => _format?.Text;

    /// <summary>Understands a parameter's text; null or empty is <see cref="Fuzzy"/>.</summary>
    /// <exception cref="ArgumentException">An unknown name, a missing or superfluous format, or an unknown directive in it.</exception>
    public static TimeFormat Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Fuzzy;
        }

        // What follows a second bar has never counted.
        var parts = text.Split('|');
        var name = parts[0];
        var format = parts.Length > 1 ? parts[1] : "";
        switch (name)
        {
            case "from_format" or "from_format_midnight":
                return format.Length > 0 ? new TimeFormat(name, StrptimeFormat.Parse(format))
                    : throw new ArgumentException($"The time format '{name}' needs a format, for example '{name}|%Y-%m-%d %H:%M:%S'.", nameof(text));
            case "timestamp" or "epoch_millis" or "windows_nt" or "utc_isoformat" or "fuzzy":
                return format.Length == 0 ? new TimeFormat(name, null)
                    : throw new ArgumentException($"The time format '{name}' takes no format ('{format}').", nameof(text));
            default:
                throw new ArgumentException(
                    $"'{name}' is no time format; known are timestamp, epoch_millis, windows_nt, utc_isoformat, from_format, from_format_midnight and fuzzy.", nameof(text));
        }
    }

    /// <summary>Converts a feed's value to the stored form (ISO 8601 in UTC). False where the value is no time in this format.</summary>
    /// <param name="value">The feed's value.</param>
    /// <param name="clock">Completes dates that lack parts (fuzzy only).</param>
    /// <param name="isoText">The instant.</param>
    public bool TryConvert(Value value, TimeProvider clock, out Value isoText)
    {
        isoText = Convert(value, clock);
        return !isoText.IsMissing;
    }

    private Value Convert(in Value value, TimeProvider clock) => Name switch
    {
        "timestamp" => FromTimestamp(value),
        "epoch_millis" => FromEpochMillis(value),
        "windows_nt" => FromWindows(value),
        "utc_isoformat" => value.Kind == ValueKind.Text && IsoTime.IsStored(value.AsText()!) ? value : Value.Missing,
        "from_format" => FromFormat(value, midnight: false),
        "from_format_midnight" => FromFormat(value, midnight: true),
        _ => value.Kind == ValueKind.Text && FuzzyTime.TryRead(value.AsText()!, clock, out var utc) ? IsoTime.Format(utc) : Value.Missing,
    };

    private static Value FromTimestamp(in Value value) =>
        FloatType.TryFloat(value, out var seconds) && double.IsFinite(seconds) ? Since(DateTime.UnixEpoch, seconds) : Value.Missing;

    // Seconds in 10 digits, tenths of milliseconds short of it in 12, milliseconds in 13: told apart by their length. Fractions are dropped.
    private static Value FromEpochMillis(in Value value)
    {
        if (!IntegerType.TryWhole(value, out var whole) || whole.AsInteger() is not { } number)
        {
            return Value.Missing;
        }

        return PythonText.Str(value).Length switch
        {
            10 => Since(DateTime.UnixEpoch, number),
            12 => Since(DateTime.UnixEpoch, FloorDivide(number, 100)),
            13 => Since(DateTime.UnixEpoch, FloorDivide(number, 1000)),
            _ => Value.Missing,
        };
    }

    private static Value FromWindows(in Value value) =>
        IntegerType.TryWhole(value, out var whole) && whole.AsInteger() is { } number
            ? Since(new DateTime(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc), number * 1e-7)
            : Value.Missing;

    private Value FromFormat(in Value value, bool midnight)
    {
        if (value.Kind != ValueKind.Text || !_format!.TryRead(value.AsText()!, out var read))
        {
            return Value.Missing;
        }

        // The day as it stands there, whatever the offset.
        if (midnight)
        {
            return IsoTime.Format(read.Local.Date);
        }

        return IsoTime.TryToUtc(read.Local, read.Offset ?? TimeSpan.Zero, out var utc) ? IsoTime.Format(utc) : Value.Missing;
    }

    private static Value Since(DateTime start, double seconds)
    {
        var whole = Math.Floor(seconds);
        if (Math.Abs(whole) > MaxSeconds)
        {
            return Value.Missing;
        }

        var microseconds = Math.Round((seconds - whole) * 1e6, MidpointRounding.ToEven);
        var ticks = start.Ticks + ((long)whole * TimeSpan.TicksPerSecond) + ((long)microseconds * TicksPerMicrosecond);
        return ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks ? Value.Missing : IsoTime.Format(new DateTime(ticks, DateTimeKind.Utc));
    }

    private static long FloorDivide(long number, long by) => (number / by) - (number % by < 0 ? 1 : 0);

    /// <inheritdoc/>
    public override string ToString() => _format is null ? Name : string.Create(CultureInfo.InvariantCulture, $"{Name}|{_format.Text}");
}
