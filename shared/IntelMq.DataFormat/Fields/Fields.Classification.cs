// The fields below `classification`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>classification</c>.</summary>
    public static class Classification
    {
        /// <summary>Lower-case name of the software, service or malware behind the event.</summary>
        public static Field Identifier { get; } = new("classification.identifier", FieldTypes.String, "Lower-case name of the software, service or malware behind the event.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Class of the incident (reference security incident taxonomy).</summary>
        public static Field Taxonomy { get; } = new("classification.taxonomy", FieldTypes.ClassificationTaxonomy, "Class of the incident (reference security incident taxonomy).", new FieldRules(Length: 100), MessageKinds.Event);

        /// <summary>Type of the incident; each type belongs to one taxonomy.</summary>
        public static Field Type { get; } = new("classification.type", FieldTypes.ClassificationType, "Type of the incident; each type belongs to one taxonomy.", FieldRules.None, MessageKinds.Event);
    }
}
