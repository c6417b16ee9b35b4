// The harmonization.conf beside the pipeline.
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Tests;

public sealed class HarmonizationTests
{
    private static void Expect(string harmonization, string expected)
    {
        var loaded = Loading.Load(Loading.Good, harmonization);
        Assert.Null(loaded.Pipeline);
        Assert.Contains(expected, loaded.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_adds_fields_and_changes_rules()
    {
        var fields = Loading.Load(Loading.Good, """
            {"event": {
               "constituency.name": {"type": "LowercaseString", "length": 20, "iregex": "^[a-z]+$", "description": "Whose network it is."},
               "source.ip": {"type": "IPAddress", "length": 15},
               "extra": {"type": "JSONDict"},
               "feed.name": {"type": "UppercaseString"}},
             "report": {
               "constituency.name": {"type": "String"},
               "feed.name": {"type": "String"}}}
            """).Pipeline().Fields;

        var name = fields.Get("constituency.name");
        Assert.Equal((FieldTypes.LowercaseString, 20, "Whose network it is."), (name.Type, name.Rules.Length, name.Description));
        Assert.Equal(MessageKinds.Event | MessageKinds.Report, name.Kinds);
        Assert.True(name.Rules.Pattern!.Matches("ABC"));
        Assert.Equal(15, fields.Get("source.ip").Rules.Length);
        Assert.True(fields.Get("source.ip").Multiple);
        Assert.Equal(FieldTypes.UppercaseString, fields.Get("feed.name").Type);
        Assert.Equal(FieldTypes.Fqdn, fields.Get("source.fqdn").Type);
    }

    [Fact]
    public void An_unknown_type_is_told() =>
        Expect("{\"event\": {\n  \"ab.c\": {\"type\": \"IPAdress\"}}}", "harmonization.conf:2:20: error: 'IPAdress' is no type of a field (did you mean 'IPAddress'?). Allowed: ASN, Accuracy,");

    [Fact]
    public void A_missing_type_is_told() => Expect("{\"event\": {\"ab.c\": {}}}", "harmonization.conf:1:12: error: The field 'ab.c' has no type.");

    [Fact]
    public void A_bad_name_is_told() => Expect("{\"event\": {\"A\": {\"type\": \"String\"}}}", "harmonization.conf:1:12: error: 'A' is no name of a field.");

    [Fact]
    public void A_bad_length_is_told() => Expect("{\"event\": {\"ab.c\": {\"type\": \"String\", \"length\": \"5\"}}}", "harmonization.conf:1:49: error: The length must be a whole number above 0");

    [Fact]
    public void A_broken_pattern_is_told() => Expect("{\"event\": {\"ab.c\": {\"type\": \"String\", \"regex\": \"(\"}}}", "harmonization.conf:1:48: error: The regular expression of 'ab.c' is broken: ");

    [Fact]
    public void A_pattern_that_could_be_slow_is_told() =>
        Expect("{\"event\": {\"ab.c\": {\"type\": \"String\", \"regex\": \"(a)\\\\1\"}}}", "harmonization.conf:1:48: error: The regular expression of 'ab.c' looks around or refers back.");

    [Fact]
    public void Another_type_of_extra_is_told() => Expect("{\"event\": {\"extra\": {\"type\": \"JSON\"}}}", "harmonization.conf:1:30: error: The field 'extra' must have the type JSONDict");

    [Fact]
    public void A_duplicate_field_is_told() =>
        Expect("{\"event\": {\"ab.c\": {\"type\": \"String\"},\n\"ab.c\": {\"type\": \"String\"}}}", "harmonization.conf:2:1: error: The key 'ab.c' is here a second time (first in line 1).");

    [Theory]
    [InlineData("{\"event\": []}", "harmonization.conf:1:11: error: 'event' is a list, but must be a map of fields.")]
    [InlineData("[]", "harmonization.conf:1:1: error: The file is a list, but a harmonization.conf is a map")]
    [InlineData("{\"event\": ", "harmonization.conf:1:11: error: The JSON is broken: ")]
    [InlineData("", "harmonization.conf:1:1: error: The JSON is broken: ")]
    [InlineData("{\"event\": {\"ab.c\": \"\\ud800\"}}", "harmonization.conf:1:1: error: The JSON holds a \\u escape that is no character.")]
    public void Wrong_files_are_told(string file, string expected) => Expect(file, expected);
}
