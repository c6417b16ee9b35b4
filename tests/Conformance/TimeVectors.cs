// Replays vectors/datetime.json: the converters and the search for dates.
using IntelMq.DataFormat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Times in all formats. What depends on the day of the recording is compared with a clock that stands on it.</summary>
public sealed class TimeVectors
{
    private const string Vectors = "vectors/datetime.json";

    private readonly FakeTimeProvider _clock = new(ConformanceFolder.Recorded);

    [Fact]
    public void Times_convert_as_recorded()
    {
        var entries = ConformanceFolder.Entries(Vectors);
        var comparison = new Comparison(Vectors);
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, name, args) = (entries[i], entries[i]["fn"].AsText()!, entries[i]["args"].AsList().Select(RecordedValues.Decode).ToArray());
            comparison.Compare(name, i, entry["args"], "result", Outcomes.RecordedConversion(entry["result"]), Result(name, args));
            if (!entry["sanitize"].IsMissing)
            {
                var sanitised = FieldTypes.DateTime.TrySanitize(args[0], _clock, out var stored) ? stored : Value.Missing;
                comparison.Compare(name, i, entry["args"], "sanitize", Outcomes.Recorded(entry["sanitize"]), sanitised);
            }
        }

        comparison.Finish();
    }

    private Value Result(string name, Value[] args) => name switch
    {
        "from_timestamp" => Convert(args[0], "timestamp"),
        "from_epoch_millis" => Convert(args[0], "epoch_millis"),
        "from_windows_nt" => Convert(args[0], "windows_nt"),
        "from_isoformat" => Convert(args[0], "utc_isoformat"),
        "from_fuzzy" => Convert(args[0], "fuzzy"),
        "from_format" or "from_format_midnight" => Convert(args[0], $"{name}|{args[1]}"),
        "convert" => Convert(args[0], args[1].AsText()),
        "TimeFormat" => Parsed(args[0].AsText()),
        _ => $"no such function here: {name}",
    };

    private Value Convert(Value value, string? format) =>
        Parse(format)?.TryConvert(value, _clock, out var text) == true ? text : Value.Missing;

    private static Value Parsed(string? text) =>
        Parse(text) is { } format ? Value.Of([format.Name, format.Format is { } pattern ? pattern : Value.Null]) : Value.Missing;

    private static TimeFormat? Parse(string? text)
    {
        try
        {
            return TimeFormat.Parse(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
