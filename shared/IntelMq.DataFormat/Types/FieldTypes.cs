// The field types by name.
namespace IntelMq.DataFormat;

/// <summary>The types of fields.</summary>
public static class FieldTypes
{
    public static FieldType Accuracy { get; } = new AnythingType("Accuracy");
    public static FieldType AddressList { get; } = new AnythingType("AddressList");
    public static FieldType Asn { get; } = new AnythingType("ASN");
    public static FieldType Base64 { get; } = new AnythingType("Base64");
    public static FieldType Boolean { get; } = new AnythingType("Boolean");
    public static FieldType ClassificationTaxonomy { get; } = new AnythingType("ClassificationTaxonomy");
    public static FieldType ClassificationType { get; } = new AnythingType("ClassificationType");
    public static FieldType DateTime { get; } = new AnythingType("DateTime");
    public static FieldType Fqdn { get; } = new AnythingType("FQDN");
    public static FieldType Float { get; } = new AnythingType("Float");
    public static FieldType Integer { get; } = new AnythingType("Integer");
    public static FieldType IpAddress { get; } = new AnythingType("IPAddress");
    public static FieldType IpNetwork { get; } = new AnythingType("IPNetwork");
    public static FieldType Json { get; } = new AnythingType("JSON");
    public static FieldType JsonDict { get; } = new AnythingType("JSONDict");
    public static FieldType LowercaseString { get; } = new AnythingType("LowercaseString");
    public static FieldType Registry { get; } = new AnythingType("Registry");
    public static FieldType String { get; } = new AnythingType("String");
    public static FieldType Tlp { get; } = new AnythingType("TLP");
    public static FieldType UppercaseString { get; } = new AnythingType("UppercaseString");
    public static FieldType Url { get; } = new AnythingType("URL");

    /// <summary>The type of everything below extra: stored as it came.</summary>
    public static FieldType Anything { get; } = new AnythingType("Anything");
}

internal sealed class AnythingType(string name) : FieldType
{
    public override string Name => name;
    public override bool TrySanitize(in Value input, TimeProvider clock, out Value output) { output = input; return true; }
    public override bool IsValid(in Value value) => true;
}
