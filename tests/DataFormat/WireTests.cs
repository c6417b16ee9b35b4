// Messages on the wire: what is written is read again, and nothing that comes from outside breaks the reader.
using System.Text;
using FsCheck.Fluent;
using Xunit;

namespace IntelMq.DataFormat.Tests;

public sealed class WireTests
{
    private readonly EnvelopeReader _reader = new(FieldCatalogue.Default);

    [Fact]
    public void Envelopes_come_back_as_they_went() =>
        Generators.ForAll(Generators.Message, message =>
        {
            message.Meta.Path = ["parser", "ex\"pert"];
            message.Meta.Groups = ["group"];
            message.Meta.TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            message.Meta.ClaimCheck = new ClaimCheck("reports/1", 70000, "ab");
            var text = EnvelopeWriter.ToText(message);
            Assert.True(Ascii.IsValid(text));
            Assert.DoesNotContain('\n', text);
            var read = _reader.Read(Encoding.UTF8.GetBytes(text));
            Assert.True(message.HasSameValues(read), text);
            Assert.Equal(text, EnvelopeWriter.ToText(read));
            Assert.Equal(text, EnvelopeWriter.ToText(read.Clone()));
            Assert.Equal(message.Meta.ClaimCheck, read.Meta.ClaimCheck);
            Assert.Equal(MessageHash.ComputeText(message), MessageHash.ComputeText(read));
        });

    [Fact]
    public void Flat_messages_come_back_with_the_first_of_several_values() =>
        Generators.ForAll(Generators.Message, message =>
        {
            var read = _reader.Read(Encoding.UTF8.GetBytes(FlatMessage.ToText(message)));
            Assert.Equal(message.Kind, read.Kind);
            Assert.Equal(message.Count, read.Count);
            foreach (var slot in message.Slots)
            {
                var expected = slot.Field.Multiple && slot.Value.Kind == ValueKind.List ? slot.Value.AsList()[0] : slot.Value;
                Assert.Equal(expected, read[slot.Field]);
            }
        });

    [Fact]
    public void Random_bytes_give_only_named_errors() =>
        Generators.ForAll(Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 255).Select(b => (byte)b), Gen.Elements("{}[]\",:\\u0 e-1"u8.ToArray()))), ReadOrName);

    [Fact]
    public void Damaged_envelopes_give_only_named_errors()
    {
        var damaged = from message in Generators.Message
                      from place in Gen.Choose(0, 100_000)
                      from replacement in Gen.Choose(0, 255)
                      from cut in Gen.Elements(true, false)
                      select Damage(Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(message)), place, (byte)replacement, cut);
        Generators.ForAll(damaged, ReadOrName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"format":"other"}""")]
    [InlineData("""{"format":"intelmq","version":2,"type":"event"}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"thing"}""")]
    [InlineData("""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"no"}}""")]
    [InlineData("""{"__type":"Thing"}""")]
    [InlineData("""{"source.ip":"192.0.2.1"}""")]
    public void Other_texts_are_unreadable(string text) => Assert.Throws<UnreadableMessageException>(() => _reader.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var text = $$"""{"__type":"Event","extra":{"a":{{new string('[', 100_000)}}""";
        Assert.Throws<UnreadableMessageException>(() => _reader.Read(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_map_of_extras_and_single_extras_add_up()
    {
        var read = _reader.Read("{\"__type\":\"Event\",\"extra.a\":1,\"extra\":{\"b\":2},\"extra.Foo Bar\":3}"u8.ToArray());
        Assert.Equal("{\"b\":2,\"a\":1,\"Foo Bar\":3}", JsonText.Compact(read[Fields.Extra]));
    }

    [Fact]
    public void Not_a_number_stays_readable()
    {
        var made = new Event();
        made.Add("extra.ratio", double.NaN);
        Assert.Equal("NaN", _reader.Read(Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(made)))["extra.ratio"]);
    }

    [Fact]
    public void Frames_hold_every_message_in_order_and_keep_their_limit() =>
        Generators.ForAll(Gen.ListOf(Generators.Message), messages =>
        {
            var writer = new FrameWriter(limit: 2000);
            foreach (var message in messages)
            {
                writer.Add(message);
            }

            var read = new List<string>();
            foreach (var (bytes, count) in writer.Frames())
            {
                var frame = bytes.ToArray();
                var lines = LinesOf(frame);
                Assert.Equal(count, lines.Count);
                Assert.True(frame.Length <= 2000 || count == 1);
                read.AddRange(lines.Select(line => EnvelopeWriter.ToText(_reader.Read(frame, line.Start, line.Length))));
            }

            Assert.Equal(messages.Select(EnvelopeWriter.ToText), read);
            Assert.Equal(messages.Count, writer.Messages);
        });

    private static List<(int Start, int Length)> LinesOf(byte[] frame)
    {
        var lines = new List<(int, int)>();
        var start = 0;
        for (; Frame.NextLine(frame, ref start, out var length); start += length + 1)
        {
            lines.Add((start, length));
        }

        return lines;
    }

    private static byte[] Damage(byte[] envelope, int place, byte replacement, bool cut)
    {
        place %= envelope.Length;
        if (cut)
        {
            return envelope[..place];
        }

        envelope[place] = replacement;
        return envelope;
    }

    private void ReadOrName(byte[] bytes)
    {
        try
        {
            // Values are decoded when they are looked at: that must not fail either.
            foreach (var slot in _reader.Read(bytes, MessageKinds.Event).Slots)
            {
                Assert.NotNull(slot.Value.ToString());
            }
        }
        catch (DataFormatException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    [Fact]
    public void A_number_of_a_million_digits_is_no_whole_number()
    {
        var digits = new string('7', 1_000_000);

        Assert.Equal(ValueKind.Float, JsonText.TryParse(digits)!.Value.Kind);
        Assert.Equal(ValueKind.Integer, JsonText.TryParse(digits[..4300])!.Value.Kind);
    }
}
