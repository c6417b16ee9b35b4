// The fields below `product`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>product</c>.</summary>
    public static class Product
    {
        /// <summary>Vulnerabilities of the product (CVE identifiers).</summary>
        public static Field Vulnerabilities { get; } = new("product.vulnerabilities", FieldTypes.String, "Vulnerabilities of the product (CVE identifiers).", new FieldRules(Multiple: true), MessageKinds.Event);
    }
}
