// Text goes through the app as it came, whatever it looks like.
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using IntelMq.DataFormat;

namespace IntelMq.App.Tests;

public sealed class TextTests(ContractApp contract)
{
    // What a JSON library, a host or a broker might take for something else than text.
    private static readonly string[] s_pieces =
    [
        "test", "dGVzdA==", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678+02:00", "/Date(1234656000000)/", "12", "1e3", "-0", "null", "true", "NaN", "{\"a\":1}", "[1]", "[", "{", "}", "\"", "\\",
        "\"quoted\"", "\\u0041", "\\ud83d", "\\n", "\b", "\f", "\r", "\n", "\t", "\0", "\u001f", "\u007f", "\u0085", "\u2028", "\u2029", "\uFEFF", "\uFFFD", "é", "😀", "\u200d", " ", "  ", "", "a", "/", "<!--", "&#x41;", "%41", "'", "$return", "sys", "\x1b[31m",
    ];

    private static readonly Gen<string> s_text = Gen.OneOf(Gen.Elements(s_pieces), Gen.ArrayOf(Gen.Elements(s_pieces)).Select(string.Concat));
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(40);

    private AppProcess App => contract.Process;

    [Fact]
    public void Values_of_events_arrive_as_they_were_sent() => ForAll(Gen.NonEmptyListOf(s_text), async texts =>
    {
        // Many events in a frame, so that it is compressed on the way out; what an event cannot hold is left out of both.
        var values = texts.Where(text => text.Length > 0).Concat(s_pieces).Where(text => text.Length > 0).ToArray();
        var frame = string.Concat(values.Select((text, i) => ContractApp.Event($"{{\"comment\":{HostBody.Quote(text)},\"extra.more\":[{HostBody.Quote(text)}],\"extra.a b\":{{\"c\":{HostBody.Quote(text)}}}}}", Uuid(i))));
        foreach (var body in Bodies(frame))
        {
            Assert.Equal(values, (await EventsAsync(body)).Select(item => item.GetProperty("comment").GetString()));
            Assert.Equal(values, (await EventsAsync(body)).Select(item => item.GetProperty("extra.more")[0].GetString()));
        }
    });

    [Fact]
    public async Task Half_a_surrogate_pair_stays_the_escape_that_it_was()
    {
        var frame = ContractApp.Event("""{"comment":"a\ud83d","extra.b":"\ude00b","extra.c":"\u0041\u00e9"}""");
        foreach (var body in Bodies(frame))
        {
            var payload = Assert.Single(await EventsAsync(body));
            Assert.Equal(@"""a\ud83d""", payload.GetProperty("comment").GetRawText());
            Assert.Equal(@"""\ude00b""", payload.GetProperty("extra.b").GetRawText());
            Assert.Equal("Aé", payload.GetProperty("extra.c").GetString());
        }
    }

    [Fact]
    public void A_frame_that_is_sent_again_is_the_same_text() => ForAll(s_text, async text =>
    {
        var frame = $$"""{"text":{{HostBody.Quote(text)}},"é":"{{new string('x', 10)}}"}""" + "\n{\n";
        var again = Assert.Single((await App.CallAsync("poison_relay", HostBody.Queue(frame))).Only("toRelay"));
        Assert.Equal("""{"intelmq:frame":1,"returned":1}""" + "\n" + frame, again);

        var packed = FrameText.Write(Encoding.UTF8.GetBytes(frame + new string(' ', 5000)), int.MaxValue, compress: true).Single().Text!;
        again = Assert.Single((await App.CallAsync("poison_relay", HostBody.Queue(packed))).Only("toRelay"));
        var (header, buffer, length) = FrameText.Read(Encoding.UTF8.GetBytes(again));
        Assert.Equal(1, header.Returned);
        Assert.Equal(frame + new string(' ', 5000), Encoding.UTF8.GetString(buffer, 0, length));
    });

    [Fact]
    public async Task What_is_no_frame_becomes_a_dead_letter_with_its_text()
    {
        // Line ends part messages, nothing but blanks is no message, and blanks before a brace are none of it.
        var texts = s_pieces.Concat(s_pieces.Select(piece => "." + piece + "é ")).Where(text => text.Length > 0 && !text.Contains('\n', StringComparison.Ordinal) && text != "\r").Distinct().ToArray();
        foreach (var body in (string[])[HostBody.Many(texts.Where((_, i) => i % 2 == 0)), HostBody.Many(texts.Where((_, i) => i % 2 == 1))])
        {
            Assert.Empty((await App.CallAsync("event-hub-many", body)).Outputs());
        }

        var kept = (await contract.DeadLettersAsync()).Select(letter => letter.Message).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(texts, text => !kept.Contains(text));
    }

    // The ways in which one text comes: single and in a list, plain and compressed.
    private static IEnumerable<(string Function, string Body)> Bodies(string frame)
    {
        var packed = FrameText.Write(Encoding.UTF8.GetBytes(frame + "\n" + new string('\n', 5000)), int.MaxValue, compress: true).Single().Text!;
        Assert.NotEqual('{', packed[0]);
        foreach (var text in (string[])[frame, packed])
        {
            yield return ("queue", HostBody.Queue(text));
            yield return ("service-bus-many", HostBody.Many([text]));
            yield return ("kafka-many", HostBody.Many([HostBody.KafkaEnvelope(text)]));
        }
    }

    private async Task<JsonElement[]> EventsAsync((string Function, string Body) call)
    {
        var texts = (await App.CallAsync(call.Function, call.Body)).Only("toWrite");
        return texts.SelectMany(text =>
        {
            var (_, buffer, length) = FrameText.Read(Encoding.UTF8.GetBytes(text));
            return Encoding.UTF8.GetString(buffer, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("payload")).ToArray();
    }

    private static string Uuid(int i) => MessageId.Derived(Guid.Empty, Guid.Empty, "test", "_default", i).ToString();

    private static void ForAll<T>(Gen<T> cases, Func<T, Task> property) =>
        Check.One(s_config, Prop.ForAll(cases.ToArbitrary(), item => property(item)));
}
