// Events at RabbitMQ.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Servers.Tests;
using RabbitMQ.Client;

namespace IntelMq.Brokers.Tests;

public sealed class AmqpOutputTests(LocalRabbitMq server)
{
    private const string Module = "intelmq.bots.outputs.amqptopic.output";

    private const string Event = """
        {"source.ip": "192.0.2.1", "source.port": 80, "feed.accuracy": 100.0, "raw": "cmF3", "extra.yes": true, "extra.list": [1, "a"], "comment": "ä\u2028", "__type": "Event"}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_a_persistent_message_with_its_id()
    {
        await server.StartAsync();
        await using var rabbit = await Rabbit.ConnectAsync(server.Address);
        var queue = await rabbit.NewQueueAsync();
        await using var output = await StartAsync(("routing_key", queue), ("keep_raw_field", true), ("message_with_type", true));
        var id = MessageId.Version5(Guid.Empty, "event"u8);
        var envelope = $$$"""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"{{{id}}}"},"payload":{"source.ip":"192.0.2.9"}}""";

        var result = await output.SendAsync(Event.Trim(), envelope);

        Assert.Equal(2, result.Counts.Out);
        var messages = await rabbit.TakeAllAsync(queue);
        Assert.Equal(JsonText.TryParse(Event), JsonText.TryParse(messages[0].Body.ToArray()));
        Assert.All(messages, message => Assert.True(message.BasicProperties.Persistent));
        Assert.All(messages, message => Assert.Equal("application/json", message.BasicProperties.ContentType));
        Assert.Equal(id.ToString(), messages[1].BasicProperties.MessageId);
        Assert.True(Guid.TryParse(messages[0].BasicProperties.MessageId, out _));
    }

    [Fact]
    public async Task Fields_that_IntelMQ_does_not_know_travel_below_extra_and_several_values_are_the_first()
    {
        await server.StartAsync();
        await using var rabbit = await Rabbit.ConnectAsync(server.Address);
        var queue = await rabbit.NewQueueAsync();
        await using var output = await StartAsync(("routing_key", queue), ("message_with_type", true));

        await output.SendAsync("""{"source.ip": ["192.0.2.1", "192.0.2.2"], "source.address": [{"ip": "192.0.2.1"}], "__type": "Event"}""");

        Assert.Equal(
            """{"__type": "Event", "extra.source_address": [{"ip": "192.0.2.1"}], "source.ip": "192.0.2.1"}""",
            Encoding.UTF8.GetString(Assert.Single(await rabbit.TakeAllAsync(queue)).Body.Span));
    }

    [Fact]
    public async Task Several_values_as_messages_of_their_own_have_ids_of_their_own()
    {
        await server.StartAsync();
        await using var rabbit = await Rabbit.ConnectAsync(server.Address);
        var queue = await rabbit.NewQueueAsync();
        await using var output = await StartAsync(("routing_key", queue), ("single_key", "source.ip"), ("multiple_values", "keep"));

        await output.SendAsync("""{"source.ip": ["192.0.2.1", "192.0.2.2"], "__type": "Event"}""");

        var messages = await rabbit.TakeAllAsync(queue);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], messages.Select(message => Encoding.UTF8.GetString(message.Body.Span)));
        Assert.Equal(2, messages.Select(message => message.BasicProperties.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task The_exchange_is_declared_and_the_routing_key_holds_values_of_the_event()
    {
        await server.StartAsync();
        await using var rabbit = await Rabbit.ConnectAsync(server.Address);
        var (queue, exchange) = (await rabbit.NewQueueAsync(), Rabbit.NewName());
        await using var output = await StartAsync(("routing_key", "{ev[classification.type]}.events"), ("format_routing_key", true), ("exchange_name", exchange));
        const string Phishing = """{"classification.type": "phishing", "__type": "Event"}""";

        // The exchange is there now, and nobody listens: an event whose own key leads nowhere is a dead letter.
        Assert.Contains($"No queue is bound to the exchange '{exchange}' for the routing key 'phishing.events'", Assert.Single((await output.SendAsync(Phishing)).DeadLetters).Error, StringComparison.Ordinal);
        await rabbit.Channel.QueueBindAsync(queue, exchange, "phishing.*", cancellationToken: Cancellation);
        var result = await output.SendAsync(Phishing, """{"classification.type": "spam", "__type": "Event"}""", """{"comment": "no type", "__type": "Event"}""");

        Assert.Equal("phishing.events", Assert.Single(await rabbit.TakeAllAsync(queue)).RoutingKey);
        Assert.Equal(1, result.Counts.Out);
        Assert.Contains("spam.events", result.DeadLetters[0].Error, StringComparison.Ordinal);
        Assert.Contains("The event has no 'classification.type'", result.DeadLetters[1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_queue_behind_a_fixed_key_the_bot_stops_and_says_why()
    {
        await server.StartAsync();
        await using var output = await StartAsync(("routing_key", "nobody-" + Rabbit.NewName()));
        var result = await output.SendAsync(Event.Trim());
        Assert.Contains("There is no queue 'nobody-", result.StopReason, StringComparison.Ordinal);
        Assert.Empty(result.DeadLetters);
    }

    [Theory]
    [InlineData("password", "wrong", "does not let the user 'guest' in. Correct 'username' and 'password'.")]
    [InlineData("connection_vhost", "/none", "Correct 'connection_vhost'")]
    [InlineData("exchange_name", "amq.direct", "correct 'exchange_type'")]
    public async Task What_the_server_refuses_for_good_stops_the_bot(string key, string value, string cure)
    {
        await server.StartAsync();
        await using var output = await StartAsync(("routing_key", "x"), ("username", "guest"), ("connection_attempts", 1), (key, value), (key == "password" ? "use_ssl" : "password", key == "password" ? false : "guest"));
        var result = await output.SendAsync(Event.Trim());
        Assert.Contains(cure, result.StopReason, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", result.StopReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encrypted_connection_needs_a_certificate_that_is_trusted()
    {
        await server.StartAsync();
        await using var rabbit = await Rabbit.ConnectAsync(server.Address);
        var queue = await rabbit.NewQueueAsync();
        (string, Value)[] tls = [("routing_key", queue), ("use_ssl", true), ("connection_host", "localhost"), ("connection_port", server.TlsPort), ("connection_attempts", 1)];
        await using var trusting = await RunningBot.StartAsync(Module, [.. tls, ("ssl_ca_certificate", server.Authority)]);
        await using var distrusting = await RunningBot.StartAsync(Module, tls);

        Assert.Equal(1, (await trusting.SendAsync(Event.Trim())).Counts.Out);
        var refused = await distrusting.SendAsync(Event.Trim());

        Assert.Equal(1, refused.Counts.Parked);
        Assert.Single(await rabbit.TakeAllAsync(queue));
    }

    [Fact]
    public async Task While_the_server_is_down_events_wait_and_go_when_it_is_up()
    {
        await using var own = new LocalRabbitMq();
        await own.StartAsync();
        string queue;
        await using (var rabbit = await Rabbit.ConnectAsync(own.Address))
        {
            queue = await rabbit.NewQueueAsync();
        }

        await using var output = await RunningBot.StartAsync(Module, ("routing_key", queue), ("connection_port", own.Port), ("connection_attempts", 1));
        Assert.Equal(1, (await output.SendAsync("""{"comment": "before", "__type": "Event"}""")).Counts.Out);
        await own.KillAsync();
        var down = await output.SendAsync("""{"comment": "meanwhile", "__type": "Event"}""");
        Assert.Equal(1, down.Counts.Parked);
        Assert.Null(down.StopReason);
        await own.StartAsync();
        Assert.Equal(1, (await output.SendAsync("""{"comment": "after", "__type": "Event"}""")).Counts.Out);

        await using var again = await Rabbit.ConnectAsync(own.Address);
        Assert.Equal(["before", "after"], (await again.TakeAllAsync(queue)).Select(message => JsonText.TryParse(message.Body.ToArray())!.Value.AsMap()!["comment"].AsText()));
    }

    private Task<RunningBot> StartAsync(params (string, Value)[] parameters) => RunningBot.StartAsync(Module, [.. parameters, ("connection_port", server.Port)]);
}
