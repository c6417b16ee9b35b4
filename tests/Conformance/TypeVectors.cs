// Replays vectors/harmonization.json: every type with all kinds of input.
using IntelMq.DataFormat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Sanitation and validation of the types.</summary>
public sealed class TypeVectors
{
    private const string Vectors = "vectors/harmonization.json";

    private static readonly Dictionary<string, FieldType> s_types = new FieldType[]
    {
        FieldTypes.Accuracy, FieldTypes.Asn, FieldTypes.Base64, FieldTypes.Boolean, FieldTypes.ClassificationTaxonomy, FieldTypes.ClassificationType,
        FieldTypes.DateTime, FieldTypes.Fqdn, FieldTypes.Float, FieldTypes.Integer, FieldTypes.IpAddress, FieldTypes.IpNetwork, FieldTypes.Json,
        FieldTypes.JsonDict, FieldTypes.LowercaseString, FieldTypes.Registry, FieldTypes.String, FieldTypes.Tlp, FieldTypes.UppercaseString, FieldTypes.Url,
    }.ToDictionary(type => type.Name);

    [Fact]
    public void Types_sanitise_and_validate_as_recorded()
    {
        var entries = ConformanceFolder.Entries(Vectors);
        var clock = new FakeTimeProvider(ConformanceFolder.Recorded);
        var comparison = new Comparison(Vectors);
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, name) = (entries[i], entries[i]["type"].AsText()!);

            // The generic type is the base of the others; no field has it. String is the same.
            var type = name == "GenericType" ? FieldTypes.String : s_types[name];
            var input = RecordedValues.Decode(entry["input"]);
            var sane = type.TrySanitize(input, clock, out var sanitised);
            comparison.Compare(name, i, entry["input"], "sanitize", Outcomes.Recorded(entry["sanitize"]), sane ? sanitised : Value.Missing);
            comparison.Compare(name, i, entry["input"], "is_valid", Outcomes.Recorded(entry["is_valid"]), type.IsValid(input));
            comparison.Compare(name, i, entry["input"], "is_valid after sanitize", Outcomes.Recorded(entry["is_valid_sanitized"]), sane && type.IsValid(sanitised));
        }

        comparison.Finish();
    }
}
