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
            var rest = new ValueMap();
            foreach (var (field, value) in map.Where(item => item.Key != "time.observation" && !without.Contains(item.Key)))
            {
                rest[field] = value;
            }

            return JsonText.Compact(Value.Of(rest));
        })
        .Order(StringComparer.Ordinal)
        .ToList();
}
