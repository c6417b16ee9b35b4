// The fields below `time`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>time</c>.</summary>
    public static class Time
    {
        /// <summary>When the collector saw the data.</summary>
        public static Field Observation { get; } = new("time.observation", FieldTypes.DateTime, "When the collector saw the data.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

        /// <summary>When the event happened, as the feed tells.</summary>
        public static Field Source { get; } = new("time.source", FieldTypes.DateTime, "When the event happened, as the feed tells.", FieldRules.None, MessageKinds.Event);
    }
}
