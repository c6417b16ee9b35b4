// Adding, changing and exporting values.
using FsCheck.Fluent;
using Xunit;

namespace IntelMq.DataFormat.Tests;

public sealed class MessageTests
{
    [Fact]
    public void A_field_is_there_exactly_while_it_has_a_value()
    {
        var fields = FieldCatalogue.Default.All.Where(field => field.Kinds.HasFlag(MessageKinds.Event) && field.Name != "extra")
            .Concat([FieldCatalogue.Default.Get("extra.a"), FieldCatalogue.Default.Get("extra.b")]).ToArray();
        Generators.ForAll(Gen.ListOf(Gen.Choose(0, (fields.Length * 4) - 1)), steps =>
        {
            var made = new Event();
            var there = new HashSet<string>();
            foreach (var step in steps)
            {
                var field = fields[step / 4];
                switch (step % 4)
                {
                    case 0 or 1:
                        made.Put(field, "x");
                        there.Add(field.Name);
                        break;
                    case 2:
                        Assert.Equal(there.Remove(field.Name), made.Remove(field));
                        break;
                    default:
                        made = (Event)made.Clone();
                        made.Compact(slot => slot.Field.Name.Length % 3 != step % 3);
                        there.RemoveWhere(name => name.Length % 3 == step % 3);
                        break;
                }

                Assert.Equal(there.Order(), fields.Where(made.Contains).Select(known => known.Name).Order());
            }

            made.Empty();
            Assert.DoesNotContain(fields, made.Contains);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("YQ==")]
    [InlineData("YWI=")]
    [InlineData("YWJj")]
    [InlineData("YWJjZA==")]
    [InlineData("YW Jj")]
    [InlineData("YW-Jj")]
    [InlineData("YQ")]
    [InlineData("YQ==YQ==")]
    [InlineData("=")]
    [InlineData("Y")]
    [InlineData("äöü")]
    public void Raw_out_of_an_envelope_is_decoded_as_its_text_is(string base64)
    {
        var json = System.Text.Encoding.UTF8.GetBytes($"\"{base64}\"");
        var slice = Value.OfSlice(json, 0, json.Length);
        var expected = RawData.Decode(base64);
        Assert.Equal(expected, RawData.Decode(slice));
        using var stream = RawData.Open(slice);
        using var copy = new MemoryStream();
        stream?.CopyTo(copy);
        Assert.Equal(expected, stream is null ? null : copy.ToArray());
    }

    [Fact]
    public void An_existing_value_is_an_error_unless_the_caller_says_what_to_do()
    {
        var made = new Event();
        made.Add(Fields.Comment, "first");
        Assert.Throws<KeyExistsException>(() => made.Add(Fields.Comment, "second"));
        Assert.Equal(AddResult.Refused, made.Add(Fields.Comment, "second", AddOptions.KeepExisting));
        Assert.Equal("first", made[Fields.Comment].AsText());
        Assert.Equal(AddResult.Ignored, made.Add(Fields.Comment, "-", AddOptions.Overwrite));
        Assert.False(made.Contains(Fields.Comment));
    }

    [Fact]
    public void Unknown_fields_are_refused_by_name()
    {
        var made = new Event();
        Assert.Equal("source.foo", Assert.Throws<InvalidKeyException>(() => made.Add("source.foo", "x")).Key);
        Assert.Equal(AddResult.Ignored, made.Add("source.foo", ""));
        Assert.Throws<InvalidKeyException>(() => new Report().Add(Fields.Source.Ip, "192.0.2.1"));
    }

    [Fact]
    public void Several_values_keep_their_order_and_lose_repetitions()
    {
        var made = new Event();
        made.Add(Fields.Source.Ip, Value.Of(["198.51.100.2", " 192.0.2.1", "198.51.100.2", "-"]));
        Assert.Equal(Value.Of(["198.51.100.2", "192.0.2.1"]), made[Fields.Source.Ip]);
        made.Append(Fields.Source.Ip, "203.0.113.3");
        Assert.Equal(3, made[Fields.Source.Ip].AsList().Count);
        Assert.Equal(AddResult.Refused, made.Add(Fields.Source.Asn, Value.Of([64496, "no number"]), AddOptions.RefuseUnfit));
        Assert.False(made.Contains(Fields.Source.Asn));
    }

    [Fact]
    public void One_value_of_a_list_is_stored_alone()
    {
        var made = new Event();
        made.Add(Fields.Source.Fqdn, Value.Of(["Example.COM"]));
        Assert.Equal("example.com", made[Fields.Source.Fqdn]);
    }

    [Fact]
    public void Extra_is_spread_sorted_and_gathered_nested()
    {
        var made = new Event();
        made.Add(Fields.Extra, Value.Of(new ValueMap { ["b.c"] = 2, ["a"] = 1 }));
        Assert.Equal(["extra.a", "extra.b.c"], made.Slots.ToArray().Select(slot => slot.Field.Name));
        Assert.Equal("""{"a":1,"b":{"c":2}}""", JsonText.Compact(made[Fields.Extra]));
        Assert.Throws<KeyExistsException>(() => made.Add("extra", """{"d": 1}"""));
    }

    [Fact]
    public void Events_take_from_reports_what_tells_about_the_feed()
    {
        var report = new Report();
        report.Add(Fields.Feed.Name, "Example feed");
        report.SetRaw("line");
        report.Add("extra.file_name", "list.csv");
        Assert.Equal(["feed.name"], Event.From(report).Slots.ToArray().Select(slot => slot.Field.Name));
        var more = Event.From(report, ["raw", "extra.file_name"]);
        Assert.Equal("line", RawData.DecodeText(RawData.Decode(more[Fields.Raw])));
        Assert.Equal("list.csv", more["extra.file_name"]);
    }

    [Fact]
    public void Hashes_ignore_order_and_time_of_observation()
    {
        var (one, other) = (new Event(), new Event());
        one.Add(Fields.Source.Ip, "192.0.2.1");
        one.Add(Fields.Comment, "it's");
        other.Add(Fields.Comment, "it's");
        other.Add(Fields.Time.Observation, "2015-08-31T08:16:10+00:00");
        other.Add(Fields.Source.Ip, "192.0.2.1");
        Assert.Equal(MessageHash.ComputeText(one), MessageHash.ComputeText(other));
        other.Add(Fields.Source.Port, 80);
        Assert.NotEqual(MessageHash.ComputeText(one), MessageHash.ComputeText(other));
        Assert.Equal(MessageHash.ComputeText(one), MessageHash.ComputeText(other, field => field != Fields.Source.Port));
    }

    [Fact]
    public void Exports_nest_sort_and_name_the_type()
    {
        var made = new Event();
        made.Add(Fields.Source.Ip, "192.0.2.1");
        made.Add(Fields.Comment, "ü");
        made.Add("extra.a.b", 1);
        Assert.Equal("""{"comment": "ü", "extra": {"a": {"b": 1}}, "source": {"ip": "192.0.2.1"}}""", MessageExport.ToJson(made, new ExportForm(Hierarchical: true)));
        Assert.Equal("""{"__type": "Event", "comment": "ü", "extra.a.b": 1, "source.ip": "192.0.2.1"}""", MessageExport.ToJson(made, new ExportForm(WithType: true)));
        Assert.Equal("""{"a.b": 1}""", MessageExport.ToMap(made, new ExportForm(ExtraAsText: true))["extra"].AsText());
    }

    [Theory]
    [InlineData("YWJj====", "abc")]
    [InlineData("YQ==YQ==", "a")]
    [InlineData("Y W J j\n", "abc")]
    [InlineData("YWJ", null)]
    public void Raw_is_decoded_leniently(string base64, string? expected) =>
        Assert.Equal(expected, RawData.Decode(base64) is { } bytes ? RawData.DecodeText(bytes) : null);
}
