// The fields below `event_description`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>event_description</c>.</summary>
    public static class EventDescription
    {
        /// <summary>Organisation or object that an attack aims at.</summary>
        public static Field Target { get; } = new("event_description.target", FieldTypes.String, "Organisation or object that an attack aims at.", FieldRules.None, MessageKinds.Event);

        /// <summary>Description of the event in words.</summary>
        public static Field Text { get; } = new("event_description.text", FieldTypes.String, "Description of the event in words.", FieldRules.None, MessageKinds.Event);

        /// <summary>Where the event is described further.</summary>
        public static Field Url { get; } = new("event_description.url", FieldTypes.Url, "Where the event is described further.", FieldRules.None, MessageKinds.Event);
    }
}
