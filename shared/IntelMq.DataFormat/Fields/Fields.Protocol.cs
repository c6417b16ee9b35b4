// The fields below `protocol`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>protocol</c>.</summary>
    public static class Protocol
    {
        /// <summary>Application protocol, for example http or ssh.</summary>
        public static Field Application { get; } = new("protocol.application", FieldTypes.LowercaseString, "Application protocol, for example http or ssh.", new FieldRules(Length: 100, Pattern: FieldPatterns.Printable), MessageKinds.Event);

        /// <summary>Transport protocol, for example tcp or udp.</summary>
        public static Field Transport { get; } = new("protocol.transport", FieldTypes.LowercaseString, "Transport protocol, for example tcp or udp.", new FieldRules(Length: 11, Pattern: FieldPatterns.Transport), MessageKinds.Event);
    }
}
