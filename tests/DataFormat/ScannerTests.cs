// The quick reading and copying of our own lines gives what the general way gives.
using System.Text;
using FsCheck.Fluent;
using Xunit;

namespace IntelMq.DataFormat.Tests;

public sealed class ScannerTests
{
    private readonly EnvelopeReader _reader = new(FieldCatalogue.Default);

    [Fact]
    public void A_line_of_our_own_is_read_as_the_general_reader_reads_it() =>
        Generators.ForAll(Generators.Message, message =>
        {
            message.Meta.Id = Guid.Parse("b0cd0cac-d9f0-5978-b3c3-76f1bab8725a");
            message.Meta.Path = ["parser", "expert"];
            AssertSame(EnvelopeWriter.ToText(message));
        });

    [Fact]
    public void A_damaged_line_is_read_or_refused_as_the_general_reader_does()
    {
        var damages =
            from message in Generators.Message
            from places in Gen.ListOf(Gen.Choose(0, 4000))
            from bytes in Gen.ArrayOf(Gen.Elements("\"\\,:{}[]0e.- \tn\u0001u\u00e4".Select(c => (byte)c).ToArray()), places.Count)
            select (message, places, bytes);
        Generators.ForAll(damages, damage =>
        {
            var line = Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(damage.message));
            for (var i = 0; i < damage.places.Count; i++)
            {
                line[damage.places[i] % line.Length] = damage.bytes[i];
            }

            AssertSame(line);
        });
    }

    [Theory]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.port":01}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.port":1.}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.port":-0}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.port":1e5}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.port":truefalse}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"comment":"\x"}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"comment":"\u12g4"}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"comment":"a\""}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"comment":"a","comment":"b"}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"extra.a":"a","extra.b":1,"extra.a":"b"}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"comment":"a",}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"comment":"a"}} """)]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"comment":"a"}}x""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"report","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.ip":"192.0.2.1"}}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a","intelmq:path":["a","b"}"]},"payload":{"comment":"a"}}""")]
    public void Corner_cases_are_read_or_refused_as_the_general_reader_does(string line) => AssertSame(line);

    [Fact]
    public void A_value_of_another_field_does_not_bring_its_name_along()
    {
        // Both names are of the same length, and the value stood right behind its neighbour: copying by length alone would take the old name over.
        var read = (Event)_reader.Read(Encoding.UTF8.GetBytes(
            """{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.ip":"192.0.2.1","extra.abcd":"x"}}"""));
        var made = new Event { Meta = read.Meta };
        made.Add("source.ip", read["source.ip"], AddOptions.AsIs);
        made.Add("extra.efgh", read["extra.abcd"], AddOptions.AsIs);
        Assert.EndsWith("""{"source.ip":"192.0.2.1","extra.efgh":"x"}}""", EnvelopeWriter.ToText(made), StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_and_untouched_fields_stand_beside_each_other()
    {
        var read = (Event)_reader.Read(Encoding.UTF8.GetBytes(
            """{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"source.ip":"192.0.2.1","source.port":80,"comment":"a\"b","source.asn":1,"extra.a":[1,{"b":null}]}}"""));
        read[Fields.Source.Port] = 81;
        read.Remove(Fields.Source.Asn);
        read.Add("extra.z", "ä");
        Assert.EndsWith("""{"source.ip":"192.0.2.1","source.port":81,"comment":"a\"b","extra.a":[1,{"b":null}],"extra.z":"\u00e4"}}""", EnvelopeWriter.ToText(read), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_and_hashes_do_not_depend_on_whether_values_are_decoded() =>
        Generators.ForAll(Generators.Message, message =>
        {
            var read = _reader.Read(Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(message)));
            Assert.Equal(MessageExport.ToJson(read.Clone()), MessageExport.ToJson(read));
            Assert.Equal(MessageHash.ComputeText(read.Clone()), MessageHash.ComputeText(read));
        });

    [Fact]
    public void Numbers_are_spelled_alike_whether_they_are_decoded()
    {
        var digits = Gen.ArrayOf(Gen.Elements('0', '0', '0', '1', '5', '9')).Select(chars => new string(chars));
        var texts = from whole in digits from fraction in digits from sign in Gen.Elements("", "-") select $"{sign}{whole}.{fraction}";
        Generators.ForAll(Gen.OneOf(texts, texts.Select(text => text.Replace(".", "", StringComparison.Ordinal))), text =>
        {
            var line = Encoding.UTF8.GetBytes($$$"""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"b0cd0cac-d9f0-5978-b3c3-76f1bab8725a"},"payload":{"extra.a":{{{text}}}}}""");
            if (Attempt(line) is { Message: { } read })
            {
                Assert.Equal(MessageExport.ToJson(read.Clone()), MessageExport.ToJson(read));
                Assert.Equal(MessageHash.ComputeText(read.Clone()), MessageHash.ComputeText(read));
            }
        });
    }

    private void AssertSame(string line) => AssertSame(Encoding.UTF8.GetBytes(line));

    // A blank in front is enough for the quick way to decline.
    private void AssertSame(byte[] line)
    {
        var (quick, quickError) = Attempt(line);
        var (general, generalError) = Attempt([(byte)' ', .. line]);
        Assert.Equal(generalError, quickError);
        if (general is not null)
        {
            Assert.Equal(EnvelopeWriter.ToText(general.Clone()), EnvelopeWriter.ToText(quick!.Clone()));
            Assert.Equal(EnvelopeWriter.ToText(general), EnvelopeWriter.ToText(quick!));
            Assert.Equal(general.Meta.Id, quick!.Meta.Id);
            Assert.Equal(general.Meta.Path, quick.Meta.Path);
        }
    }

    private (Message? Message, Type? Error) Attempt(byte[] line)
    {
        try
        {
            return (_reader.Read(line), null);
        }
        catch (DataFormatException error)
        {
            return (null, error.GetType());
        }
    }
}
