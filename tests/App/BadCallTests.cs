// Calls that no host sends, and the sizes that one may send: an answer and a sentence, and the process lives.
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace IntelMq.App.Tests;

public sealed class BadCallTests(ContractApp contract)
{
    private static readonly string s_event = ContractApp.Event("""{"comment":"whole"}""");

    private AppProcess App => contract.Process;

    [Fact]
    public async Task An_unknown_function_is_not_found_and_the_sentence_names_it()
    {
        Assert.Contains("'no-such-function'", (await App.CallAsync("no-such-function", HostBody.Queue(s_event))).MustRefuse(404).Text, StringComparison.Ordinal);
        Assert.InRange((await App.CallAsync("queue/more", HostBody.Queue(s_event))).Status, 400, 499);
        Assert.InRange((await App.SendAsync(HttpMethod.Get, "queue", null)).Status, 400, 499);
        Assert.InRange((await App.SendAsync(HttpMethod.Post, "", null)).Status, 400, 499);
        Assert.Equal(404, (await App.SendAsync(HttpMethod.Post, "queue/more", null)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("12")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"Data":{}}""")]
    [InlineData("""{"Data":null}""")]
    [InlineData("""{"Data":[]}""")]
    [InlineData("""{"Data":"frames"}""")]
    [InlineData("""{"Data":{"other":"\"x\""},"Metadata":{}}""")]
    [InlineData("""{"Data":{"Frames":"\"x\""},"Metadata":{}}""")]
    [InlineData("""{"data":{"frames":"\"x\""}}""")]
    [InlineData("""{"Data":{"frames":"\"x\""},"Metadata":{}} trailing""")]
    [InlineData("""{"Data":{"frames":"\"x\""},"Metadata":{}}{"Data":{"frames":"\"y\""}}""")]
    [InlineData("""{"Data":{"frames":"\ud800"},"Metadata":{}}""")]
    [InlineData("""{"Data":{"frames":"\x"},"Metadata":{}}""")]
    [InlineData("""{"Data":{"frames":'x'},"Metadata":{}}""")]
    [InlineData("""{"Data":{"frames":"\"[\""}""")]
    [InlineData("<html>")]
    public async Task What_is_no_call_is_refused(string body)
    {
        (await App.CallAsync("queue", body)).MustRefuse();
        (await App.CallAsync("event-hub-many", body, chunked: false)).MustRefuse();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("12")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("\"plain\"")]
    [InlineData("\"null\"")]
    [InlineData("\"[\"")]
    [InlineData("\"[1,]\"")]
    [InlineData("\"[\\\"\\\\ud800\\\"]\"")]
    public async Task A_batch_that_is_no_list_is_refused(string value) => (await App.CallAsync("event-hub-many", HostBody.Call(value))).MustRefuse();

    [Theory]
    [InlineData("null", "null")]
    [InlineData("12", "12")]
    [InlineData("true", "true")]
    [InlineData("[1,2]", "[1,2]")]
    [InlineData("\"plain\"", "plain")]
    [InlineData("\"null\"", "null")]
    [InlineData("\"\\\"half", null)]
    public async Task A_value_of_another_type_is_kept_as_a_dead_letter_or_refused(string value, string? message)
    {
        var answer = await App.CallAsync("service-bus", HostBody.Call(value));
        if (message is null)
        {
            answer.MustRefuse();
            return;
        }

        Assert.Empty(answer.Outputs());
        Assert.Contains(await contract.DeadLettersAsync(), letter => letter.Message == message);
    }

    [Fact]
    public async Task Every_beginning_of_a_call_is_refused()
    {
        var body = HostBody.Queue(s_event);
        for (var length = 0; length < body.Length; length += 7)
        {
            (await App.CallAsync("queue", body[..length])).MustRefuse();
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task Deep_nesting_is_refused_or_left_alone(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));
        (await App.CallAsync("queue", deep)).MustRefuse();
        (await App.CallAsync("queue", HostBody.Call(deep))).MustRefuse();
        (await App.CallAsync("event-hub-many", HostBody.Call(HostBody.Quote(deep)))).MustRefuse();

        // In a message it is the message's mistake.
        var one = await App.CallAsync("queue", HostBody.Queue(deep));
        Assert.Equal(1, one.Count("dead_lettered"));
        Assert.Equal(1, (await App.CallAsync("queue", HostBody.Queue(ContractApp.Event($"{{\"extra.a\":{deep}}}")))).Count("dead_lettered"));
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_is_refused_or_kept()
    {
        var body = Encoding.UTF8.GetBytes(HostBody.Queue(s_event));
        var at = body.AsSpan().IndexOf("whole"u8);
        (body[at], body[at + 1]) = (0xff, 0xc0);
        (await App.CallAsync("queue", body)).MustRefuse();
        (await App.CallAsync("queue", Encoding.Unicode.GetBytes(HostBody.Queue(s_event)))).MustRefuse();
    }

    [Fact]
    public async Task A_compressed_frame_that_inflates_beyond_measure_is_kept_as_a_dead_letter()
    {
        using var packed = new MemoryStream();
        using (var stream = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write("{\"intelmq"u8);
            var blanks = new byte[1024 * 1024];
            blanks.AsSpan().Fill((byte)' ');
            for (var i = 0; i < 1024; i++)
            {
                stream.Write(blanks);
            }
        }

        var bomb = Convert.ToBase64String(packed.ToArray());
        var answer = await App.CallAsync("queue", HostBody.Queue(bomb));
        Assert.Empty(answer.Outputs());
        Assert.Equal(1, answer.Count("dead_lettered"));
        Assert.Contains("inflates beyond 32 MiB", Assert.Single(await contract.DeadLettersAsync(), letter => letter.Message == bomb).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"intelmq:frame":1,"claim":{"address":"../../../../etc/passwd","length":1073741824,"sha256":"00"}}""")]
    [InlineData("""{"intelmq:frame":1,"claim":{"address":"nowhere","length":-1,"sha256":"00"}}""")]
    [InlineData("""{"intelmq:frame":1,"claim":{"address":"nowhere","length":2147483000,"sha256":"00"}}""")]
    [InlineData("""{"intelmq:frame":1,"claim":{"address":null,"length":1,"sha256":null}}""")]
    [InlineData("""{"intelmq:frame":2}""")]
    [InlineData("""{"intelmq:frame":"x"}""")]
    [InlineData("""{"intelmq:frame":1,"attempt":99999999999}""")]
    public async Task A_frame_that_says_impossible_things_of_itself_is_kept_or_refused(string header)
    {
        var answer = await App.CallAsync("queue", HostBody.Queue(header));
        if (answer.Status == 200)
        {
            Assert.Empty(answer.Outputs());
            Assert.Contains(await contract.DeadLettersAsync(), letter => letter.Message == header);
        }
        else
        {
            answer.MustRefuse();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sixty_megabytes_are_taken(bool chunked)
    {
        var frame = string.Concat(Enumerable.Repeat(ContractApp.Event($"{{\"comment\":\"{new string('x', 1_000_000)}\"}}"), 12));
        var answer = await App.CallAsync("event-hub-many", HostBody.Many(Enumerable.Repeat(frame, 5)), chunked);
        Assert.Equal(60, answer.Count("in"));
        Assert.NotEmpty(answer.Only("toWrite"));
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_does_no_harm()
    {
        foreach (var head in (string[])["Content-Length: 1000\r\n\r\n{\"Data\"", "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"Dat\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Content-Length: -1\r\n\r\n"])
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", App.Port, TestContext.Current.CancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /queue HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head), TestContext.Current.CancellationToken);
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            try
            {
                Assert.DoesNotContain("HTTP/1.1 2", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // No answer is one too.
            }
        }

        Assert.NotEmpty((await App.CallAsync("queue", HostBody.Queue(s_event))).Only("toWrite"));
    }
}
