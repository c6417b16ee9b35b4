// The fields below `misp`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>misp</c>.</summary>
    public static class Misp
    {
        /// <summary>UUID of the MISP attribute.</summary>
        public static Field AttributeUuid { get; } = new("misp.attribute_uuid", FieldTypes.LowercaseString, "UUID of the MISP attribute.", new FieldRules(Length: 36, Pattern: FieldPatterns.Uuid), MessageKinds.Event);

        /// <summary>UUID of the MISP event.</summary>
        public static Field EventUuid { get; } = new("misp.event_uuid", FieldTypes.LowercaseString, "UUID of the MISP event.", new FieldRules(Length: 36, Pattern: FieldPatterns.Uuid), MessageKinds.Event);
    }
}
