// The bodies of the protocol page and of the host as it was seen, for every trigger, literally.
using System.Text.Json;

namespace IntelMq.App.Tests;

public sealed class TriggerTests(ContractApp contract)
{
    private static readonly string s_one = ContractApp.Event("""{"comment":"one","classification.type":"phishing"}""", "11111111-1c5f-4f0e-9d2b-7f6a3c1e0d4b");
    private static readonly string s_two = ContractApp.Event("""{"comment":"two","classification.type":"phishing"}""", "22222222-1c5f-4f0e-9d2b-7f6a3c1e0d4b");

    private AppProcess App => contract.Process;

    [Theory]
    [InlineData("null", "")]
    [InlineData("""{"Last":"0001-01-01T00:00:00+00:00","Next":"2027-01-01T00:00:00+00:00","LastUpdated":"2026-11-24T03:45:59.8270715+00:00"}""", "")]
    [InlineData("""{"Last":"2026-11-24T03:45:00+00:00","Next":"2026-11-24T03:50:00+01:00","LastUpdated":"2026-11-24T03:45:00+00:00"}""", ""","timer":"\"\"" """)]
    [InlineData("null", ""","RetryContext":{"RetryCount":1,"MaxRetryCount":-1,"Exception":{"Message":"no"},"Instance":null,"State":{}}""")]
    public async Task A_timer_is_answered_in_every_form(string status, string metadata)
    {
        var body = $$$"""{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{{{status}}},"IsPastDue":true}},"Metadata":{"sys":{"MethodName":"purge_state","UtcNow":"2026-11-24T14:24:20.0080478Z","RandGuid":"1fd287da-7422-41f5-a810-2ff67b6b631d"}{{{metadata}}}}}""";
        Assert.Empty((await App.CallAsync("purge_state", body)).Outputs());
        Assert.Empty((await App.CallAsync("park_frames", body, chunked: false)).Outputs());
    }

    [Fact]
    public async Task A_collector_runs_once_for_its_time_and_once_for_each_input_of_a_start_by_hand()
    {
        const string Scheduled = """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"collect","UtcNow":"2026-11-24T14:24:20.0080478Z","RandGuid":"1fd287da-7422-41f5-a810-2ff67b6b631d"}}}""";
        static string ByHand(string input) => """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"timer":""" + HostBody.Quote(HostBody.Quote(input)) + ""","sys":{"MethodName":"collect"}}}""";

        var raw = Assert.Single((await App.CallAsync("collect", Scheduled)).Only("toParse"));
        Assert.Contains("feed.txt", raw, StringComparison.Ordinal);
        Assert.Empty((await App.CallAsync("collect", Scheduled)).Outputs());
        Assert.Empty((await App.CallAsync("collect", ByHand(""))).Outputs());

        var again = Assert.Single((await App.CallAsync("collect", ByHand("run 2026-01-02T03:04:05Z"))).Only("toParse"));
        Assert.NotEqual(raw, again);
        Assert.Empty((await App.CallAsync("collect", ByHand("run 2026-01-02T03:04:05Z"))).Outputs());
        Assert.Single((await App.CallAsync("collect", ByHand("12"))).Only("toParse"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_of_a_Storage_queue(bool chunked) =>
        MustBe(await App.CallAsync("queue", HostBody.Queue(s_one), chunked), "one");

    [Fact]
    public async Task The_host_does_not_tell_case_in_names_of_functions() => MustBe(await App.CallAsync("QUEUE", HostBody.Queue(s_one)), "one");

    [Fact]
    public async Task A_message_whose_properties_the_host_mixed_into_the_metadata() => MustBe(
        await App.CallAsync("queue", HostBody.Queue(s_one.TrimEnd(), mixedIn: """ "format":"\"intelmq\"","version":"\"1\"","type":"\"event\"","meta":{"uuid":"11111111-1c5f-4f0e-9d2b-7f6a3c1e0d4b"},"payload":{"comment":"one","classification.type":"phishing"}""")),
        "one");

    [Fact]
    public async Task A_message_of_Service_Bus()
    {
        const string Metadata = """
            {"DeliveryCount":"1","LockToken":"\"5f2c\"","ExpiresAtUtc":"2026-01-16T03:04:05","ExpiresAt":"2026-01-16T03:04:05+00:00","EnqueuedTimeUtc":"2026-01-02T03:04:05",
             "MessageId":"\"mid-0\"","ContentType":"\"application/json\"","SequenceNumber":"100","Subject":"\"s\"","Label":"\"s\"","CorrelationId":"\"c\"","ApplicationProperties":{"p1":"v0","n":5},
             "UserProperties":{"p1":"v0","n":5},"MessageActions":{},"MessageReceiver":{},"Client":{"FullyQualifiedNamespace":"x"}}
            """;
        MustBe(await App.CallAsync("service-bus", HostBody.Call(HostBody.Quote(HostBody.Quote(s_one)), Metadata)), "one");
    }

    [Theory]
    [InlineData("service-bus-many", """{"DeliveryCountArray":"[1,1]","MessageIdArray":"[\"mid-0\",null]","LockTokenArray":"[\"a\",\"b\"]","SequenceNumberArray":"[100,101]","EnqueuedTimeUtcArray":"[\"2026-01-02T03:04:05.678\",\"2026-01-02T03:04:05.678\"]","ApplicationPropertiesArray":"[{},{}]","DeadLetterSourceArray":"[null,null]"}""")]
    [InlineData("event-hub-many", """{"PartitionKeyArray":"[null,null]","OffsetArray":"[\"1\",\"2\"]","SequenceNumberArray":"[7,8]","EnqueuedTimeUtcArray":"[\"2026-01-02T03:04:05.678Z\",\"2026-01-02T03:04:05.678Z\"]","PropertiesArray":"[{},{}]","SystemPropertiesArray":"[{},{}]","PartitionContext":{"PartitionId":"3"}}""")]
    [InlineData("event-hub-many", """{"PartitionContext":{}}""")]
    public async Task Many_messages_as_strings(string function, string metadata)
    {
        MustBe(await App.CallAsync(function, HostBody.Many([s_one, s_two], metadata)), "one", "two");
        Assert.Empty((await App.CallAsync(function, HostBody.Many([], metadata))).Outputs());
    }

    [Fact]
    public async Task Many_messages_as_objects_where_there_is_no_data_type() =>
        MustBe(await App.CallAsync("service-bus-many", HostBody.Call(HostBody.Quote($"[{s_one.TrimEnd()},{s_two.TrimEnd()}]"))), "one", "two");

    [Theory]
    [InlineData("service-bus", "\"cGxhaW4=\"")]
    [InlineData("service-bus-many", "\"[\\\"cGxhaW4=\\\"]\"")]
    public async Task What_comes_as_bytes_is_kept_as_a_dead_letter(string function, string value)
    {
        var answer = await App.CallAsync(function, HostBody.Call(value));
        Assert.Empty(answer.Outputs());
        Assert.Equal(1, answer.Count("dead_lettered"));
        Assert.Contains(await contract.DeadLettersAsync(), letter => letter.Message == "cGxhaW4=");
    }

    [Fact]
    public async Task A_message_of_Event_Hubs() => MustBe(
        await App.CallAsync("event-hub", HostBody.Call(HostBody.Quote(HostBody.Quote(s_one)), """{"Offset":"\"1\"","SequenceNumber":"7","EnqueuedTimeUtc":"2026-01-02T03:04:05","Properties":{},"SystemProperties":{},"PartitionContext":{}}""")),
        "one");

    [Fact]
    public async Task Messages_of_Kafka_in_their_envelopes()
    {
        var (one, two) = (HostBody.KafkaEnvelope(s_one), HostBody.KafkaEnvelope(s_two, 2));
        MustBe(await App.CallAsync("kafka", HostBody.Call(HostBody.Quote(HostBody.Quote(one)), """{"Key":"\"k1\"","Partition":"0","Topic":"\"t\"","Timestamp":"2026-01-02T03:04:05","Offset":"1","Headers":"[]"}""")), "one");
        MustBe(await App.CallAsync("kafka-many", HostBody.Many([one, two], """{"KeyArray":"[\"k1\",\"k1\"]","PartitionArray":"[0,0]","TopicArray":"[\"t\",\"t\"]","OffsetArray":"[1,2]","HeadersArray":"[[],[]]"}""")), "one", "two");
        MustBe(await App.CallAsync("kafka-many", HostBody.Call(HostBody.Quote($"[{one},{two}]"))), "one", "two");
    }

    [Fact]
    public async Task A_message_of_Kafka_without_an_envelope_does_not_hold_up_its_partition()
    {
        var answer = await App.CallAsync("kafka-many", HostBody.Many([s_one.TrimEnd(), "kafka rubbish", "[1]", HostBody.KafkaEnvelope(s_two)]));
        MustBe(answer, "one", "two");
        Assert.Equal(2, answer.Count("dead_lettered"));
    }

    [Fact]
    public async Task A_message_of_RabbitMQ() => MustBe(
        await App.CallAsync("rabbitmq", HostBody.Call(HostBody.Quote(HostBody.Quote(s_one)), """{"ConsumerTag":"\"amq.ctag\"","DeliveryTag":"1","Redelivered":"false","Exchange":"\"\"","RoutingKey":"\"relay-queue\"","BasicProperties":{"Headers":null}}""")),
        "one");

    [Fact]
    public async Task A_form_of_another_trigger_is_refused()
    {
        const string Http = """{"Data":{"req":{"Url":"http://127.0.0.1:7071/api/orders/7?x=1","Method":"POST","Query":{"x":"1"},"Headers":{"Accept":["*/*"]},"Params":{"id":"7"},"Identities":[],"Body":"{\"a\":1}"}},"Metadata":{"a":"\"1\"","sys":{"MethodName":"queue"}}}""";
        Assert.Contains("no data for its binding 'frames'", (await App.CallAsync("queue", Http)).MustRefuse().Text, StringComparison.Ordinal);
        (await App.CallAsync("service-bus-many", HostBody.Queue(s_one))).MustRefuse();
        Assert.Contains("'pigeonTrigger'", (await App.CallAsync("pigeon", HostBody.Queue(s_one))).MustRefuse().Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "DequeueCount":"\"999999999999\"" """)]
    [InlineData(""" "DequeueCount":"\"7\"" """)]
    [InlineData(""" "DequeueCount":"-1" """)]
    [InlineData(""" "DequeueCount":{"x":[1]} """)]
    [InlineData(""" "Id":{"x":"\ud800"} """)]
    [InlineData(""" "Id":"\ud800" """)]
    [InlineData(""" "Id":"\"\\ud800\"" """)]
    [InlineData(""" "\ud800":"\"1\"" """)]
    [InlineData(""" "id":"\"\"","ID":"null" """)]
    [InlineData(""" "frames":"\"other\"","Data":{"frames":"\"other\""},"Metadata":{},"sys":"\"x\"" """)]
    [InlineData(""" "MethodName":"\"write\"","FunctionName":"\"write\"","RetryContext":{"RetryCount":99} """)]
    public async Task Nothing_in_the_metadata_breaks_or_redirects_a_call(string mixedIn) => MustBe(await App.CallAsync("queue", HostBody.Queue(s_one, mixedIn: mixedIn)), "one");

    [Theory]
    [InlineData(63)]
    [InlineData(300)]
    public async Task Deep_properties_of_a_message_do_not_break_its_call(int depth)
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
        MustBe(await App.CallAsync("queue", HostBody.Queue(s_one, mixedIn: "\"payload\":" + deep)), "one");
    }

    [Fact]
    public async Task Different_messages_of_one_name_are_different_messages()
    {
        // A flat message has no id of its own; its name on the broker may come from whoever sent it, or be missing.
        var bodies = new List<string>();
        foreach (var comment in (string[])["first", "second"])
        {
            var text = $$"""{"__type":"Event","comment":"same name {{comment}}"}""";
            bodies.Add(HostBody.Call(HostBody.Quote(HostBody.Quote(text)), """{"DeliveryTag":"1","MessageId":"\"same\"","Redelivered":"false"}"""));
            bodies.Add(HostBody.Call(HostBody.Quote(HostBody.Quote(text.Replace("same name", "no name", StringComparison.Ordinal)))));
        }

        foreach (var body in bodies.Concat(bodies))
        {
            Assert.Empty((await App.CallAsync("write", body)).Outputs());
        }

        foreach (var comment in (string[])["same name first", "same name second", "no name first", "no name second"])
        {
            Assert.Single(contract.Written, line => line.Contains(comment, StringComparison.Ordinal));
        }

        foreach (var broken in (string[])["""{"Id":"one","x":1}""", """{"Id":"one","x":2}"""])
        {
            Assert.Equal(1, (await App.CallAsync("queue", HostBody.Queue(broken, "one"))).Count("dead_lettered"));
        }

        Assert.Equal(2, (await contract.DeadLettersAsync()).Count(letter => letter.Message.StartsWith("{\"Id\":\"one\"", StringComparison.Ordinal)));
    }

    private static void MustBe(AppAnswer answer, params string[] comments)
    {
        var frame = string.Concat(answer.Only("toWrite"));
        var events = frame.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(comments, events.Select(item => item.GetProperty("payload").GetProperty("comment").GetString()!));
        Assert.All(events, item => Assert.Equal("fraud", item.GetProperty("payload").GetProperty("classification.taxonomy").GetString()));
    }
}
