// The field types by name.
namespace IntelMq.DataFormat;

/// <summary>The types of fields.</summary>
public static class FieldTypes
{
    private static readonly string[] s_registries = ["AFRINIC", "APNIC", "ARIN", "LACNIC", "RIPE"];

    /// <summary>A float between 0 and 100.</summary>
    public static FieldType Accuracy { get; } = new AccuracyType();

    /// <summary>A list of maps with values that belong together.</summary>
    public static FieldType AddressList { get; } = new AddressListType();

    /// <summary>The number of an autonomous system.</summary>
    public static FieldType Asn { get; } = new AsnType();

    /// <summary>Base64; sanitation encodes.</summary>
    public static FieldType Base64 { get; } = new Base64Type();

    /// <summary>True or false.</summary>
    public static FieldType Boolean { get; } = new BooleanType();

    /// <summary>A class of incidents.</summary>
    public static FieldType ClassificationTaxonomy { get; } =
        new WordListType("ClassificationTaxonomy", Classification.Taxonomies, LetterCase.Lower, Classification.OlderTaxonomies);

    /// <summary>A type of incidents.</summary>
    public static FieldType ClassificationType { get; } =
        new WordListType("ClassificationType", Classification.Types, LetterCase.Lower, Classification.OlderTypes);

    /// <summary>An instant: ISO 8601 text in UTC.</summary>
    public static FieldType DateTime { get; } = new DateTimeType();

    /// <summary>A domain name.</summary>
    public static FieldType Fqdn { get; } = new FqdnType();

    /// <summary>A floating point number.</summary>
    public static FieldType Float { get; } = new FloatType();

    /// <summary>A whole number.</summary>
    public static FieldType Integer { get; } = new IntegerType();

    /// <summary>An IPv4 or IPv6 address.</summary>
    public static FieldType IpAddress { get; } = new IpAddressType();

    /// <summary>An address range.</summary>
    public static FieldType IpNetwork { get; } = new IpNetworkType();

    /// <summary>A text that is JSON.</summary>
    public static FieldType Json { get; } = new JsonType();

    /// <summary>A JSON object; its entries are fields of their own.</summary>
    public static FieldType JsonDict { get; } = new JsonDictType();

    /// <summary>Text in lower case.</summary>
    public static FieldType LowercaseString { get; } = new CasedStringType("LowercaseString", LetterCase.Lower);

    /// <summary>A regional internet registry.</summary>
    public static FieldType Registry { get; } = new WordListType(
        "Registry", s_registries, LetterCase.Upper, new Dictionary<string, string> { ["RIPENCC"] = "RIPE", ["RIPE-NCC"] = "RIPE" });

    /// <summary>Text.</summary>
    public static FieldType String { get; } = new StringType();

    /// <summary>A traffic light protocol level.</summary>
    public static FieldType Tlp { get; } = new TlpType();

    /// <summary>Text in upper case.</summary>
    public static FieldType UppercaseString { get; } = new CasedStringType("UppercaseString", LetterCase.Upper);

    /// <summary>A URL with a host.</summary>
    public static FieldType Url { get; } = new UrlType();

    /// <summary>The type of everything below extra: stored as it came.</summary>
    public static FieldType Anything { get; } = new AnythingType();
}
