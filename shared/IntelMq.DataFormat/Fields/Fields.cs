// The fields without a group. The groups are in Fields.*.cs.
namespace IntelMq.DataFormat;

/// <summary>The fields of the data format. Names below <c>extra</c> are free: <see cref="FieldCatalogue.TryGet(string, out Field)"/>.</summary>
public static partial class Fields
{
    /// <summary>Remark of an analyst.</summary>
    public static Field Comment { get; } = new("comment", FieldTypes.String, "Remark of an analyst.", FieldRules.None, MessageKinds.Event);

    /// <summary>Hash that identifies the event.</summary>
    public static Field EventHash { get; } = new("event_hash", FieldTypes.UppercaseString, "Hash that identifies the event.", new FieldRules(Length: 40, Pattern: FieldPatterns.EventHash), MessageKinds.Event);

    /// <summary>Everything that has no field of its own, by name.</summary>
    public static Field Extra { get; } = new("extra", FieldTypes.JsonDict, "Everything that has no field of its own, by name.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

    /// <summary>The event in a foreign format, made by an expert for an output.</summary>
    public static Field Output { get; } = new("output", FieldTypes.Json, "The event in a foreign format, made by an expert for an output.", FieldRules.None, MessageKinds.Event);

    /// <summary>The original data, Base64.</summary>
    public static Field Raw { get; } = new("raw", FieldTypes.Base64, "The original data, Base64.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

    /// <summary>Number of the ticket in Request Tracker for Incident Response.</summary>
    public static Field RtirId { get; } = new("rtir_id", FieldTypes.Integer, "Number of the ticket in Request Tracker for Incident Response.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

    /// <summary>Where a picture of the resource is kept.</summary>
    public static Field ScreenshotUrl { get; } = new("screenshot_url", FieldTypes.Url, "Where a picture of the resource is kept.", FieldRules.None, MessageKinds.Event);

    /// <summary>State of the resource, for example online or offline.</summary>
    public static Field Status { get; } = new("status", FieldTypes.String, "State of the resource, for example online or offline.", FieldRules.None, MessageKinds.Event);

    /// <summary>Traffic light protocol level.</summary>
    public static Field Tlp { get; } = new("tlp", FieldTypes.Tlp, "Traffic light protocol level.", FieldRules.None, MessageKinds.Event);
}
