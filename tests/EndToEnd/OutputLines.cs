// The events that a run wrote, in a form that two runs can be compared by.
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

/// <summary>Reads the file that the file output wrote.</summary>
internal static class OutputLines
{
    /// <summary>The lines, sorted and without the time at which the collector looked: a collector that was killed looks again.</summary>
    public static List<string> Read(string path) => File.ReadLines(path)
        .Select(line =>
        {
            var map = JsonText.TryParse(line)?.AsMap() ?? throw new InvalidDataException($"This line is not JSON: {line}");
            map["time.observation"] = "";
            return JsonText.Compact(Value.Of(map));
        })
        .Order(StringComparer.Ordinal)
        .ToList();
}
