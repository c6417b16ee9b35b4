// Frames as texts of a broker: nothing is lost or changed, limits hold, hostile texts end in a sentence.
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace IntelMq.DataFormat.Tests;

public sealed class FrameTextTests
{
    private static byte[] Frame(int messages, int seed, int longest = 2000)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < messages; i++)
        {
            text.Append("{\"n\":").Append(i).Append(",\"t\":\"").Append(string.Concat(Enumerable.Range(0, random.Next(longest)).Select(_ => (char)random.Next('a', 'g')))).Append("\"}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    [Fact]
    public void What_was_written_is_read() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll<PositiveInt, int, (bool, bool)>((messages, seed, forms) => Roundtrip(messages, seed, forms.Item1, forms.Item2)));

    private static void Roundtrip(PositiveInt messages, int seed, bool compress, bool headed)
    {
        var frame = Frame(messages.Get * 5, seed);
        var header = headed ? new FrameHeader { Parked = "id", Attempt = 2, FirstTried = DateTimeOffset.FromUnixTimeMilliseconds(1768478400123) } : null;
        var pieces = FrameText.Write(frame, 48 * 1024, compress, header).ToArray();
        using var all = new MemoryStream();
        foreach (var piece in pieces)
        {
            Assert.True(Encoding.UTF8.GetByteCount(piece.Text!) <= 48 * 1024);
            var (read, buffer, length) = FrameText.Read(Encoding.UTF8.GetBytes(piece.Text!));
            Assert.Equal(header ?? new FrameHeader(), read);
            Assert.Equal(piece.Frame.ToArray(), buffer[..length]);
            all.Write(buffer, 0, length);
        }

        Assert.Equal(frame, all.ToArray());
        Assert.Equal(messages.Get * 5, pieces.Sum(piece => piece.Messages));
        Assert.Equal(pieces.Select(piece => piece.Text), FrameText.Write(frame, 48 * 1024, compress, header).Select(piece => piece.Text));
    }

    [Fact]
    public void A_message_above_the_limit_has_no_text_and_its_neighbours_do()
    {
        var random = new Random(1);
        var large = string.Concat(Enumerable.Range(0, 300_000).Select(_ => (char)random.Next(33, 126))).Replace('"', '_').Replace('\\', '_');
        var frame = Encoding.ASCII.GetBytes($"{{\"a\":1}}\n{{\"b\":\"{large}\"}}\n{{\"c\":1}}\n");
        var pieces = FrameText.Write(frame, 48 * 1024, compress: true).ToArray();
        Assert.Single(pieces, piece => piece.Text is null && piece.Messages == 1);
        Assert.Equal(frame, pieces.SelectMany(piece => piece.Frame.ToArray()));
    }

    [Fact]
    public void A_bomb_is_refused()
    {
        var packed = new byte[1 << 20];
        BrotliEncoder.TryCompress(new byte[FrameText.LargestFrame + 1000], packed, out var length, 4, 22);
        var text = Encoding.ASCII.GetBytes(Convert.ToBase64String(packed, 0, length));
        Assert.True(text.Length < 48 * 1024);
        Assert.Contains("inflates beyond", Assert.Throws<UnreadableMessageException>(() => FrameText.Read(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dGVzdA==")]
    [InlineData("cGxhaW4=")]
    [InlineData("Ow==")]
    public void What_Brotli_reads_as_nothing_is_no_frame(string text) => Assert.Throws<UnreadableMessageException>(() => FrameText.Read(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_part_of_a_frame_is_no_frame()
    {
        var packed = Convert.FromBase64String(FrameText.Write(Frame(50, 3), 48 * 1024, compress: true).First().Text!);
        for (var length = 0; length < packed.Length; length += 97)
        {
            Assert.Throws<UnreadableMessageException>(() => FrameText.Read(Encoding.ASCII.GetBytes(Convert.ToBase64String(packed, 0, length))));
        }

        Assert.Throws<UnreadableMessageException>(() => FrameText.Read(Encoding.ASCII.GetBytes(Convert.ToBase64String([.. packed, 0]))));
    }

    [Fact]
    public void Anything_else_is_a_sentence() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll<byte[], bool>(ReadNoise));

    private static void ReadNoise(byte[] noise, bool base64)
    {
        var text = base64 ? Encoding.ASCII.GetBytes(Convert.ToBase64String(noise)) : noise;
        try
        {
            Assert.StartsWith("{", Encoding.Latin1.GetString(FrameText.Read(text).Buffer).TrimStart(), StringComparison.Ordinal);
        }
        catch (UnreadableMessageException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    [Theory]
    [InlineData("""{"intelmq:frame":2}""")]
    [InlineData("""{"intelmq:frame":"x"}""")]
    [InlineData("""{"intelmq:frame":1,"claim":{}}""")]
    [InlineData("""{"intelmq:frame":1,"claim":5}""")]
    [InlineData("""{"intelmq:frame":1,"firstTried":9223372036854775807}""")]
    [InlineData("""{"intelmq:frame":""")]
    public void A_damaged_header_is_a_sentence(string text) => Assert.Throws<UnreadableMessageException>(() => FrameText.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_legacy_message_of_somebody_else_is_read_as_it_is()
    {
        var (header, buffer, length) = FrameText.Read("\uFEFF  {\"__type\":\"Event\"}"u8);
        Assert.True(header.IsEmpty);
        Assert.Equal("{\"__type\":\"Event\"}", Encoding.UTF8.GetString(buffer, 0, length));
    }
}
