// The stand-in of the host writes and reads what the real one was seen to write and read.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntelMq.FunctionsHost.Handler;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App.Tests;

public sealed class HostEncodingTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 14, 24, 20, TimeSpan.Zero);

    private static readonly CompiledFunction s_relay = new()
    {
        Name = "relay",
        Kind = FunctionKind.Work,
        Bot = "relay",
        Trigger = new CompiledTrigger("queueTrigger", "item", "relay-queue"),
        Outputs = new Dictionary<string, string> { ["out-queue"] = "out" },
    };

    /// <summary>The output values of the protocol page, with the messages that each becomes.</summary>
    public static TheoryData<string, string[]> Rows => new()
    {
        { "\"hello world!\"", ["hello world!"] },
        { "\"test\"", [Encoding.UTF8.GetString(Convert.FromBase64String("test"))] },
        { "\"te st\"", [Encoding.UTF8.GetString(Convert.FromBase64String("test"))] },
        { "\"cGxhaW4=\"", ["plain"] },
        { "\"rv string\"", [Encoding.UTF8.GetString(Convert.FromBase64String("rvstring"))] },
        { "[\"test\"]", ["test"] },
        { "[\"cGxhaW4=\"]", ["cGxhaW4="] },
        { "{\"a\":1}", ["{\n  \"a\": 1\n}"] },
        { "{\"a\":\"é<&+'\",\"b\":[1,{\"c\":null}]}", ["{\n  \"a\": \"é<&+'\",\n  \"b\": [\n    1,\n    {\n      \"c\": null\n    }\n  ]\n}"] },
        { "{\"when\":\"2026-01-02T03:04:05.123+02:00\"}", ["{\n  \"when\": \"2026-01-02T01:04:05.123+00:00\"\n}"] },
        { "{\"when\":\"2026-01-02T03:04:05.100Z\"}", ["{\n  \"when\": \"2026-01-02T03:04:05.1Z\"\n}"] },
        { "[\"one\",\"test\",\"{\\\"a\\\": 1}\",\"2026-01-02T03:04:05Z\",\"é😀\"]", ["one", "test", "{\"a\": 1}", "01/02/2026 03:04:05", "é😀"] },
        { "[{\"x\":1},7,true,null]", ["{\n  \"x\": 1\n}", "7", "True", ""] },
        { "[3,false]", ["3", "False"] },
        { "\"{\\\"a\\\":1}\"", ["{\n  \"a\": 1\n}"] },
        { "\"[1,{\\\"a\\\":2}]\"", ["1", "{\n  \"a\": 2\n}"] },
        { "42", ["42"] },
        { "true", ["True"] },
        { "[]", [] },
        { "null", [] },
        { "\"\"", [""] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_output_becomes_the_messages_of_the_real_host(string value, string[] messages)
    {
        var answer = Read($$"""{"Outputs":{"out":{{value}}},"Logs":["a line",1],"ReturnValue":null}""");
        Assert.Equal(messages, answer.Outputs.GetValueOrDefault("out", []));
    }

    [Fact]
    public void Names_of_bindings_are_exact_and_names_of_sections_are_not()
    {
        Assert.Equal(["x"], Read("""{"outputs":{"out":["x"]},"more":1}""").Outputs["out"]);
        Assert.Empty(Read("""{"Outputs":{"Out":["x"],"other":["x"],"$return":["x"]}}""").Outputs);
        Assert.Empty(Read("{}").Outputs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("12")]
    [InlineData("no JSON")]
    [InlineData("{")]
    [InlineData("""{"Outputs":{},"Logs":"a line"}""")]
    [InlineData("""{"Outputs":{},"Logs":[{}]}""")]
    public void What_the_real_host_fails_on_or_waits_for_fails(string body) => Assert.Throws<FunctionFailedException>(() => Read(body));

    [Fact]
    public void A_timer_is_called_as_the_host_was_seen_to()
    {
        var timer = s_relay with { Name = "Tick", Kind = FunctionKind.Purge, Trigger = new CompiledTrigger("timerTrigger", "timer") };
        AssertJson(
            """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{}}""",
            Call(timer, new FunctionCall("Tick", [])));
        AssertJson(
            """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"timer":"\"\""}}""",
            Call(timer, new FunctionCall("Tick", [], "")));
    }

    [Theory]
    [InlineData("plain text", """{"Data":{"item":"\"plain text\""},"Metadata":{"DequeueCount":"1","Id":"\"c3b5\""}}""")]
    [InlineData(
        """{"id":1,"when":"2026-01-02T03:04:05.678Z"}""",
        """{"Data":{"item":"\"{\\\"id\\\":1,\\\"when\\\":\\\"2026-01-02T03:04:05.678Z\\\"}\""},"Metadata":{"DequeueCount":"1","Id":"\"1\"","when":"\"01/02/2026 03:04:05\""}}""")]
    [InlineData("""{"a":"1","n":{"b":[1,2]}}""", """{"Data":{"item":"\"{\\\"a\\\":\\\"1\\\",\\\"n\\\":{\\\"b\\\":[1,2]}}\""},"Metadata":{"DequeueCount":"1","Id":"\"c3b5\"","a":"\"1\"","n":{"b":[1,2]}}}""")]
    [InlineData("""{"DEQUEUECOUNT":7,"queueTrigger":"x"}""", """{"Data":{"item":"\"{\\\"DEQUEUECOUNT\\\":7,\\\"queueTrigger\\\":\\\"x\\\"}\""},"Metadata":{"DequeueCount":"\"7\"","Id":"\"c3b5\""}}""")]
    public void A_message_is_encoded_twice_and_its_properties_stand_in_the_metadata(string text, string body) =>
        AssertJson(body, Call(s_relay, new FunctionCall("relay", [new ReceivedText("c3b5", Encoding.UTF8.GetBytes(text))])));

    [Theory]
    [InlineData("""{"a":"\ud800","\ud800":1,"sys":{"MethodName":"other"}}""")]
    [InlineData("""{"a":1}{"b":2}""")]
    [InlineData("{\"a\":\0}")]
    [InlineData("\uFEFF{}")]
    public void Awkward_messages_can_be_called_with(string text)
    {
        var body = Call(s_relay, new FunctionCall("relay", [new ReceivedText("c3b5", Encoding.UTF8.GetBytes(text))]));
        Assert.Equal(text, JsonSerializer.Deserialize<string>(body["Data"]!["item"]!.GetValue<string>()));
        Assert.Equal("relay", body["Metadata"]!["sys"]!["MethodName"]!.GetValue<string>());
    }

    private static FunctionAnswer Read(string body) => HostEncodings.ReadAnswer(s_relay, Encoding.UTF8.GetBytes(body));

    private static JsonObject Call(CompiledFunction function, FunctionCall call) =>
        JsonNode.Parse(HostEncodings.WriteCall(function, call, s_now).Span, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();

    // But for what the host says of itself.
    private static void AssertJson(string expected, JsonObject actual)
    {
        var sys = actual["Metadata"]!.AsObject();
        Assert.Equal("2026-11-24T14:24:20.0000000Z", sys["sys"]!["UtcNow"]!.GetValue<string>());
        sys.Remove("sys");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());
    }
}
