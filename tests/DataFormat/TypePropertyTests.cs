// What holds for every type and every input.
using System.Text;
using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.DataFormat.Tests;

public sealed class TypePropertyTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<string> Names { get; } = [.. Types.Keys];

    private static Dictionary<string, FieldType> Types => new FieldType[]
    {
        FieldTypes.Accuracy, FieldTypes.AddressList, FieldTypes.Asn, FieldTypes.Base64, FieldTypes.Boolean, FieldTypes.ClassificationTaxonomy,
        FieldTypes.ClassificationType, FieldTypes.DateTime, FieldTypes.Fqdn, FieldTypes.Float, FieldTypes.Integer, FieldTypes.IpAddress, FieldTypes.IpNetwork,
        FieldTypes.Json, FieldTypes.JsonDict, FieldTypes.LowercaseString, FieldTypes.Registry, FieldTypes.String, FieldTypes.Tlp, FieldTypes.UppercaseString,
        FieldTypes.Url, FieldTypes.Anything,
    }.ToDictionary(type => type.Name);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_proper_value_stays_as_it_is(string name)
    {
        var type = Types[name];
        Generators.ForAll(Generators.AnyValue, input =>
        {
            if (!type.TrySanitize(input, _clock, out var proper) || !type.IsValid(proper) || name == "Base64")
            {
                return;
            }

            Assert.True(type.TrySanitize(proper, _clock, out var again), $"{proper} is proper and was refused");
            Assert.Equal(proper, again);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Making_a_value_proper_is_sanitation_and_then_validation(string name)
    {
        var type = Types[name];
        var everyday = Gen.Elements(
            "0.0.0.0", "192.0.2.1", " 192.0.2.1", "2001:DB8::1", "192.0.2.0/24", "192.0.2.1/24", "192.0.2.0/024", "192.0.2.0%eth0/24", "192.0.2.0/24 ", "0.0.0.0/0", "2001:db8::/32",
            "192.0.2.0/255.255.255.0", "Example.COM.", "a..b", "192.0.2.1.", "example.com:80", "münchen.de", "1.example.com", "hxxp://example.com/", "http:///x", "file:///etc?#", "AT", "\u212a", "\u017f",
            "2015-08-31T08:16:10+00:00", "2015-08-31 08:16:10Z", "2015-8-31T8:16:10+00:00", "AS64496", "0", "-1", "4294967296", "1.5", "nan", "phishing", "C&C", "tlp:yellow", " ", ".").Select(Value.Of);
        Generators.ForAll(Gen.OneOf(everyday, Generators.Text.Select(Value.Of), Generators.AnyValue), input =>
        {
            var expected = type.TrySanitize(input, _clock, out var sanitised) && type.IsValid(sanitised);
            Assert.True(expected == type.TryMakeProper(input, _clock, out var proper), $"{input}: sanitation gives '{sanitised}', which is {(expected ? "valid" : "not valid")}");
            var both = input;
            Assert.Equal(expected, type.TryMakeProper(both, _clock, out both));
            if (expected)
            {
                Assert.Equal(sanitised, proper);
                Assert.Equal(sanitised, both);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_remembered_does_not_depend_on_the_clock(string name)
    {
        var type = Types[name];
        var later = new FakeTimeProvider(new DateTimeOffset(2031, 3, 5, 1, 2, 3, TimeSpan.Zero));
        Generators.ForAll(Gen.OneOf(Gen.Elements("08:16", "yesterday", "Monday", "3 days ago").Select(Value.Of), Generators.Text.Select(Value.Of)), input =>
        {
            var now = type.TryMakeProper(input, _clock, out var value);
            var then = type.TryMakeProper(input, later, out var laterValue);
            Assert.True(!type.IsRepeatable || (now == then && (!now || value == laterValue)), $"'{input}' changes with the clock");
        });
        Assert.Equal(name is "Base64" or "DateTime" or "JSON" or "JSONDict" or "AddressList", !type.IsRepeatable);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Input_and_output_may_be_one_variable(string name)
    {
        var type = Types[name];
        Generators.ForAll(Generators.AnyValue, input =>
        {
            var ok = type.TrySanitize(input, _clock, out var output);
            var both = input;
            Assert.Equal(ok, type.TrySanitize(both, _clock, out both));
            Assert.Equal(output, both);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_and_their_text_are_the_same_value(string name)
    {
        var type = Types[name];
        Generators.ForAll(Generators.Text, text =>
        {
            var fromBytes = type.TrySanitize(Value.Of((ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)), _clock, out var bytes) && type.IsValid(bytes);
            if (fromBytes && bytes.Kind != ValueKind.Bytes)
            {
                Assert.True(type.TrySanitize(text, _clock, out var fromText));
                Assert.Equal(fromText, bytes);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Half_a_surrogate_pair_is_a_value_like_any_other(string name)
    {
        foreach (var text in new[] { "\ud800", "\udc00.example.com", "http://\ud800/", "2015-08-31 \ud800" })
        {
            var type = Types[name];
            var proper = type.TrySanitize(text, _clock, out var value) && type.IsValid(value);
            Assert.True(!proper || !value.IsMissing);
        }
    }

    [Fact]
    public void Addresses_survive_text_and_back()
    {
        var numbers = Gen.ArrayOf(Gen.Elements<byte>(0, 0, 0, 1, 0x20, 0xff, 0xdb), 16).Select(bytes => new UInt128(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes, 8)));
        Generators.ForAll(numbers, bits =>
        {
            var address = new IpNumber(bits, 6);
            Assert.True(IpNumber.TryParse(address.ToString(), out var again), address.ToString());
            Assert.Equal(address, again);
            Assert.Equal(System.Net.IPAddress.Parse(address.ToString()), System.Net.IPAddress.Parse(again.ToString()));
        });
    }

    [Theory]
    [InlineData("source.geolocation.cc")]
    [InlineData("source.fqdn")]
    [InlineData("protocol.application")]
    [InlineData("protocol.transport")]
    public void A_value_is_taken_exactly_where_its_pattern_matches(string name)
    {
        var field = FieldCatalogue.Default.Get(name);
        var usual = Gen.Elements("AT", "at", "A1", "ätt", "tcp", "udp", "icmp", "udp\n", "tcpx", "example.com", "example.com.", "http", "ä", "");
        Generators.ForAll(Gen.OneOf(usual, Generators.Text), text =>
        {
            var isProper = field.Type.IsValid(text) && text.EnumerateRunes().Count() <= (field.Rules.Length ?? int.MaxValue) && Regex.IsMatch(text, field.Rules.Pattern!.Text, name == "protocol.transport" ? RegexOptions.IgnoreCase | RegexOptions.CultureInvariant : RegexOptions.CultureInvariant);
            var result = new Event().Add(field, text, AddOptions.AsIs | AddOptions.RefuseUnfit);
            Assert.Equal(isProper && result != AddResult.Ignored, result == AddResult.Added);
        });
    }

    [Fact]
    public void A_name_is_well_formed_exactly_where_the_rule_says_so()
    {
        var names = Gen.ArrayOf(Gen.Elements("a", "z", "_", "0", "9", ".", "extra", "Ä", "A", "-", "\n", " ")).Select(string.Concat);
        Generators.ForAll(names, name => Assert.Equal(Regex.IsMatch(name, @"^[a-z_][a-z_0-9]+(\.[a-z_0-9]+)*\z"), FieldCatalogue.IsWellFormed(name)));
    }
}
