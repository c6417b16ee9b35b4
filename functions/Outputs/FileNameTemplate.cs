// File names with values of the event in them.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Outputs;

/// <summary>
/// Fills <c>{event[source.asn]}</c> and <c>{event[time.source]:%Y-%m-%d}</c> in a file name. What a feed says can never lead out of the folder:
/// separators, colons and control characters and a dot at the beginning become underscores.
/// </summary>
/// <exception cref="BotConfigurationException">A placeholder that cannot be filled.</exception>
internal sealed class FileNameTemplate(string template, FieldCatalogue fields)
{
    private const int LongestValue = 100;
    private const int LongestName = 255;

    private readonly EventTemplate _template = new("file", "file name", "event", template, fields);

    /// <summary>The file name for an event.</summary>
    /// <exception cref="InvalidRecordException">The event lacks a field of the name, or the name gets too long.</exception>
    public string Fill(Event item)
    {
        var filled = _template.Fill(item, Safe);
        return filled.Split('/').All(segment => Encoding.UTF8.GetByteCount(segment) <= LongestName)
            ? filled
            : throw new InvalidRecordException($"The file name '{template}' gets longer than {LongestName} bytes for this event.");
    }

    private static string Safe(string value)
    {
        var safe = new StringBuilder(value.Length);
        var bytes = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            var isRefused = rune.Value is '/' or '\\' or ':' || (rune.Value == '.' && safe.Length == 0) || Rune.IsControl(rune);
            var kept = isRefused ? new Rune('_') : rune;
            bytes += kept.Utf8SequenceLength;
            if (bytes > LongestValue)
            {
                break;
            }

            safe.Append(kept.ToString());
        }

        return safe.ToString();
    }
}
