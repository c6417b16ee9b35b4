// What a collector sends.
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>The raw data of a feed, with where it came from and when.</summary>
public sealed class Report : Message
{
    /// <summary>An empty report.</summary>
    public Report(FieldCatalogue? catalogue = null)
        : base(MessageKinds.Report, catalogue ?? FieldCatalogue.Default)
    {
    }

    /// <summary>A report with the fields of an event that reports have (<c>raw</c>, <c>feed.*</c>, <c>time.observation</c>, <c>extra.*</c> …).</summary>
    public static Report From(Event source)
    {
        var report = new Report(source.Catalogue);
        foreach (var slot in source.Slots)
        {
            if ((slot.Field.Kinds & MessageKinds.Report) != 0)
            {
                report.Put(slot.Field, slot.Value);
            }
        }

        return report;
    }

    /// <summary>The raw data as text; bytes that are not UTF-8 are dropped. Null where the report has none.</summary>
    public string? RawText => RawBytes is { } bytes ? RawData.DecodeText(bytes) : null;

    /// <summary>The raw data. Null where the report carries none (it may lie in the claim check).</summary>
    public byte[]? RawBytes => RawData.Decode(this[Fields.Raw]);

    /// <summary>Sets the raw data from text.</summary>
    public void SetRaw(string text) => SetRaw(Encoding.UTF8.GetBytes(text));
}
