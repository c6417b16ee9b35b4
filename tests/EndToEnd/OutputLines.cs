// The events that a run wrote, in a form that two runs can be compared by.
using IntelMq.DataFormat;

namespace IntelMq.EndToEnd.Tests;

/// <summary>Reads the file that the file output wrote.</summary>
internal static class OutputLines
{
    /// <summary>The lines, sorted and without the time at which the collector looked (one that was killed looks again) and other fields that may differ.</summary>
    public static List<string> Read(string path, params string[] without) => File.ReadLines(path)
        .Select(line =>
        {
            var map = JsonText.TryParse(line)?.AsMap() ?? throw new InvalidDataException($"This line is not JSON: {line}");
            foreach (var field in without.Append("time.observation"))
            {
                map[field] = "";
            }

            // A field that was missing has come last.
            return JsonText.Compact(Value.Of(map.Sorted()));
        })
        .Order(StringComparer.Ordinal)
        .ToList();
}
