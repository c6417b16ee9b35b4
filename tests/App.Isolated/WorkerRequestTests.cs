// What the worker contract brings is read by the rules of the custom handler.
using System.Text;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App.Isolated.Tests;

public sealed class WorkerRequestTests
{
    // Texts that a host or a serialiser would change if it took them for something else.
    private static readonly string[] s_texts =
    [
        "plain", "", " leading", "{\"id\":1}", "[1,2]", "\"quoted\"", "12", "true", "null", "dGVzdA==", "2026-01-02T03:04:05.678+02:00", "grün 專家 😀", "a\u0001b", "line\nline\n",
    ];

    private static CompiledFunction Function(string type, bool many = false) => new()
    {
        Name = "relay",
        Kind = FunctionKind.Work,
        Bot = "relay",
        Trigger = new CompiledTrigger(type, "frames", "relay-queue", many),
    };

    private static CompiledFunction Timer => new() { Name = "collect", Kind = FunctionKind.Collect, Bot = "collect", Trigger = new CompiledTrigger("timerTrigger", "timer", Schedule: "0 0 0 * * *") };

    private static HostMetadata Metadata(int retries, params (string Name, object? Value)[] values) =>
        new(values.Select(value => KeyValuePair.Create(value.Name, value.Value)), retries);

    private static string Text(ReceivedText message) => Encoding.UTF8.GetString(message.Text.Span);

    [Fact]
    public void Single_texts_stay_as_they_are()
    {
        foreach (var text in s_texts)
        {
            var message = Assert.Single(WorkerRequest.Read(Function("queueTrigger"), text, Metadata(0, ("Id", "7184"), ("DequeueCount", "3"))).Messages);
            Assert.Equal(text, Text(message));
            Assert.Equal(3, message.Deliveries);
            Assert.StartsWith("7184/", message.Id, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Batches_come_as_collections_or_as_json_and_stay_as_they_are()
    {
        var json = System.Text.Json.JsonSerializer.Serialize(s_texts);
        foreach (var data in (object[])[s_texts, new List<string>(s_texts), json, s_texts.Select(Encoding.UTF8.GetBytes).ToArray()])
        {
            Assert.Equal(s_texts, WorkerRequest.Read(Function("eventHubTrigger", many: true), data, Metadata(0)).Messages.Select(Text));
        }
    }

    [Fact]
    public void Names_and_deliveries_of_a_batch_are_those_of_its_messages()
    {
        var metadata = Metadata(0, ("SequenceNumberArray", "[100,101]"), ("DeliveryCountArray", "[1,4]"));
        var messages = WorkerRequest.Read(Function("serviceBusTrigger", many: true), (string[])["a", "b"], metadata).Messages;
        Assert.Equal([1, 4], messages.Select(message => message.Deliveries));
        Assert.StartsWith("100/", messages[0].Id, StringComparison.Ordinal);
        Assert.StartsWith("101/", messages[1].Id, StringComparison.Ordinal);
    }

    [Fact]
    public void Batches_that_the_host_tries_again_say_so()
    {
        var metadata = Metadata(2, ("PartitionContext", """{"PartitionId":"3"}"""), ("SequenceNumberArray", "[7]"));
        var message = Assert.Single(WorkerRequest.Read(Function("eventHubTrigger", many: true), (string[])["a"], metadata).Messages);
        Assert.Equal(3, message.Deliveries);
        Assert.StartsWith("3/7/", message.Id, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(WorkerRequest.Read(Function("eventHubTrigger", many: true), (string[])["a"], Metadata(0)).Messages).Deliveries);
    }

    [Fact]
    public void Envelopes_of_kafka_are_opened()
    {
        var envelope = new KafkaEnvelope("the frame", "the key", "topic", 2, 41).Write();
        foreach (var data in (object[])[(string[])[envelope], $"[{envelope}]"])
        {
            var message = Assert.Single(WorkerRequest.Read(Function("kafkaTrigger", many: true), data, Metadata(1)).Messages);
            Assert.Equal(("the frame", "the key", "topic/2/41", 2), (Text(message), message.Key, message.Id, message.Deliveries));
        }
    }

    [Theory]
    [InlineData("True", 2)]
    [InlineData("true", 2)]
    [InlineData("False", 1)]
    [InlineData(null, 1)]
    public void A_message_of_rabbitmq_tells_that_it_comes_again(string? redelivered, int deliveries)
    {
        var message = Assert.Single(WorkerRequest.Read(Function("rabbitMQTrigger"), "a", Metadata(0, ("Redelivered", redelivered), ("MessageId", "m"))).Messages);
        Assert.Equal(deliveries, message.Deliveries);
    }

    [Fact]
    public void The_input_of_a_run_by_hand_is_its_name()
    {
        Assert.Equal("once-1", WorkerRequest.Read(Timer, null, Metadata(0, ("timer", "once-1"))).Occurrence);
        Assert.Null(WorkerRequest.Read(Timer, null, Metadata(0, ("timer", ""))).Occurrence);
        Assert.Null(WorkerRequest.Read(Timer, null, Metadata(0)).Occurrence);
    }

    [Fact]
    public void Properties_of_a_message_in_the_place_of_metadata_do_no_harm()
    {
        foreach (var value in (object?[])["{", "[", "{\"a\":", "not a number", 12L, 1.5, null, new byte[] { 1 }])
        {
            var message = Assert.Single(WorkerRequest.Read(Function("queueTrigger"), "a", Metadata(0, ("Id", value), ("DequeueCount", value))).Messages);
            Assert.Equal("a", Text(message));
        }
    }

    [Fact]
    public void What_is_not_understood_is_told()
    {
        Says("has no data for its binding 'frames'", Function("queueTrigger"), null);
        Says("brings its messages as Int64", Function("queueTrigger"), 1L);
        Says("brings its messages as Double", Function("eventHubTrigger", many: true), 1.5);
        Says("not of the form that the Functions host sends", Function("eventHubTrigger", many: true), "no array");
        Says("'pigeonTrigger', which this app does not know", Function("pigeonTrigger"), "a");
    }

    private static void Says(string expected, CompiledFunction function, object? data) =>
        Assert.Contains(expected, Assert.Throws<UnknownCallException>(() => WorkerRequest.Read(function, data, Metadata(0))).Message, StringComparison.Ordinal);
}
