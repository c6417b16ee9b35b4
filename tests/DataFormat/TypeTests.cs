// The types by example.
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.DataFormat.Tests;

public sealed class TypeTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(" 192.0.2.1 ", "192.0.2.1")]
    [InlineData("192.0.2.1/32", "192.0.2.1")]
    [InlineData("192.0.2.1/255.255.255.255", "192.0.2.1")]
    [InlineData("192.0.2.0/24", null)]
    [InlineData("192.0.2.01", null)]
    [InlineData("192.0.2", null)]
    [InlineData("192.0.2.1:80", null)]
    [InlineData("3221225985", "192.0.2.1")]
    [InlineData("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("fe80::1%eth0/64", "fe80::1")]
    [InlineData("::ffff:192.0.2.1", "::ffff:c000:201")]
    [InlineData("[2001:db8::1]", null)]
    [InlineData("0.0.0.0", null)]
    public void Addresses(string input, string? expected) => Check(FieldTypes.IpAddress, input, expected);

    [Theory]
    [InlineData("192.0.2.77/24", "192.0.2.0/24")]
    [InlineData("192.0.2.0/0.0.0.255", "192.0.2.0/24")]
    [InlineData("192.0.2.0/255.255.255.0", "192.0.2.0/24")]
    [InlineData("192.0.2.0/255.0.255.0", null)]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("2001:db8::1/32", "2001:db8::/32")]
    [InlineData("192.0.2.0/33", null)]
    [InlineData("192/8", null)]
    public void Networks(string input, string? expected) => Check(FieldTypes.IpNetwork, input, expected);

    [Theory]
    [InlineData("Example.COM.", "example.com")]
    [InlineData("münchen.example.com", "xn--mnchen-3ya.example.com")]
    [InlineData("STRASSE.example.com", "strasse.example.com")]
    [InlineData("straße.example.com", "strasse.example.com")]
    [InlineData("ＷＷＷ。example.com", "www.example.com")]
    [InlineData("u\u0308ber.example.com", "xn--ber-goa.example.com")]
    [InlineData("*._tcp.example.com", "*._tcp.example.com")]
    [InlineData("example..com", null)]
    [InlineData("192.0.2.1", null)]
    [InlineData("example.com/path", null)]
    [InlineData("example.com:80", null)]
    [InlineData("\u202eexample.com", null)]
    public void Domain_names(string input, string? expected) => Check(FieldTypes.Fqdn, input, expected);

    [Theory]
    [InlineData(" hxxps://example.com/hxxp://example.net ", "https://example.com/http://example.net")]
    [InlineData("file:/etc/hosts", "file://localhost/etc/hosts")]
    [InlineData("file:?#part", "file://localhost#part")]
    [InlineData("//example.com", "//example.com")]
    [InlineData("http://[2001:db8::1]:80/", "http://[2001:db8::1]:80/")]
    [InlineData("http://[192.0.2.1]/", null)]
    [InlineData("http:///path", null)]
    [InlineData("example.com/path", null)]
    public void Urls(string input, string? expected) => Check(FieldTypes.Url, input, expected);

    [Theory]
    [InlineData("ß", "SS")]
    [InlineData("ﬃ", "FFI")]
    [InlineData(" at ", "AT")]
    public void Upper_case(string input, string expected) => Check(FieldTypes.UppercaseString, input, expected);

    [Theory]
    [InlineData("ΑΣ", "ας")]
    [InlineData("İ", "i\u0307")]
    [InlineData("TCP ", "tcp")]
    public void Lower_case(string input, string expected) => Check(FieldTypes.LowercaseString, input, expected);

    [Theory]
    [InlineData("TLP: yellow", "AMBER")]
    [InlineData("TLPRED", "RED")]
    [InlineData("clear", null)]
    public void Traffic_light(string input, string? expected) => Check(FieldTypes.Tlp, input, expected);

    [Theory]
    [InlineData("Botnet Drone", "infected-system")]
    [InlineData("phishing ", "phishing")]
    [InlineData("something new", null)]
    public void Classification_types(string input, string? expected) => Check(FieldTypes.ClassificationType, input, expected);

    [Fact]
    public void Numbers()
    {
        Check(FieldTypes.Asn, "AS64496", 64496);
        Check(FieldTypes.Asn, "4294967296", Value.Missing);
        Check(FieldTypes.Integer, " 1_000 ", 1000);
        Check(FieldTypes.Integer, -1.9, -1);
        Check(FieldTypes.Integer, double.PositiveInfinity, Value.Missing);
        Check(FieldTypes.Float, "1e3", 1000.0);
        Check(FieldTypes.Float, "nan", Value.Missing);
        Check(FieldTypes.Accuracy, true, 100.0);
        Check(FieldTypes.Accuracy, 100.5, Value.Missing);
        Check(FieldTypes.Boolean, " TRUE", true);
        Check(FieldTypes.Boolean, "yes", Value.Missing);
    }

    [Fact]
    public void Address_lists_check_what_they_know()
    {
        var proper = """[{"ip":"192.0.2.1","asn":64496,"cc":"AT","note":[1]}]""";
        Check(FieldTypes.AddressList, """{"ip":" 192.0.2.1","asn":"AS64496","cc":"at","note":[1],"city":""}""", JsonText.TryParse(proper)!.Value);
        Check(FieldTypes.AddressList, """[{"ip":"192.0.2.300"}]""", Value.Missing);
        Check(FieldTypes.AddressList, """[{"Not Well-formed":1}]""", Value.Missing);
        Check(FieldTypes.AddressList, """["192.0.2.1"]""", Value.Missing);
        Check(FieldTypes.AddressList, "[{}]", Value.Missing);
    }

    private void Check(FieldType type, Value input, Value expected)
    {
        var got = type.TrySanitize(input, _clock, out var output) && type.IsValid(output) ? output : Value.Missing;
        Assert.Equal(expected, got);
    }
}
