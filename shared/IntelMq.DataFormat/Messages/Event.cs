// What a parser sends: one observation.
namespace IntelMq.DataFormat;

/// <summary>One observation: an infected machine, a phishing page, a scan.</summary>
public sealed class Event : Message
{
    // Some more than most feeds give.
    private const int UsualFields = 32;

    private static readonly Field[] s_fromReport =
    [
        Fields.Feed.Accuracy, Fields.Feed.Code, Fields.Feed.Documentation, Fields.Feed.Name, Fields.Feed.Provider, Fields.Feed.Url,
        Fields.RtirId, Fields.Time.Observation,
    ];

    /// <summary>An empty event.</summary>
    public Event(FieldCatalogue? catalogue = null)
        : base(MessageKinds.Event, catalogue ?? FieldCatalogue.Default)
    {
    }

    /// <summary>
    /// An event with what a report tells about its feed (<c>feed.*</c>, <c>rtir_id</c>, <c>time.observation</c>; not <c>raw</c>, not <c>extra</c>),
    /// and further fields by name.
    /// </summary>
    public static Event From(Report report, IEnumerable<string>? furtherFields = null)
    {
        var made = new Event(report.Catalogue);
        made.Reserve(UsualFields);
        foreach (var field in s_fromReport)
        {
            var value = report[field];
            if (!value.IsMissing)
            {
                made.AppendUnchecked(field, value);
            }
        }

        // The report's values are proper already: sanitising them again would encode raw twice.
        foreach (var name in furtherFields ?? [])
        {
            foreach (var slot in report.Slots)
            {
                if (slot.Field.Name == name || (slot.Field.IsExtra && name == Fields.Extra.Name))
                {
                    made.Put(slot.Field, slot.Value);
                }
            }
        }

        return made;
    }
}
