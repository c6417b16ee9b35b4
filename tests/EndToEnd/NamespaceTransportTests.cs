// One pipeline over Service Bus and Event Hubs: the events of the embedded run, also when the host is killed on the way.
namespace IntelMq.EndToEnd.Tests;

/// <summary>The pipeline of the benchmark over {service-bus, event-hubs} × {in process, http}.</summary>
public sealed class NamespaceTransportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("service-bus", "in-process")]
    [InlineData("service-bus", "http")]
    [InlineData("event-hubs", "in-process")]
    [InlineData("event-hubs", "http")]
    public async Task The_events_are_those_of_the_embedded_run(string transport, string invoke)
    {
        using var command = new Command();
        var (pipeline, wanted) = await TransportTests.UndisturbedAsync(command);
        using var broker = await BrokerProcess.StartAsync(transport, pipeline);
        (await command.RunAsync(["run", pipeline, "--once", "--data", "run", "--transport", transport, "--invoke", invoke, "--connection", broker.ConnectionString])).MustEndWith(0);
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("run", "events.jsonl")));
    }

    [Theory]
    [InlineData("service-bus", "in-process")]
    [InlineData("service-bus", "http")]
    [InlineData("event-hubs", "in-process")]
    [InlineData("event-hubs", "http")]
    public async Task A_host_that_is_killed_and_started_again_gives_the_same_events(string transport, string invoke)
    {
        using var command = new Command();
        var (pipeline, wanted) = await TransportTests.UndisturbedAsync(command);
        using var broker = await BrokerProcess.StartAsync(transport, pipeline);
        using (var process = TransportTests.Start(command, pipeline, transport, invoke, "--connection", broker.ConnectionString))
        {
            await TransportTests.WhenWritingAsync(process, command.InFolder("run"), new Random(7));
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
        }

        (await command.RunAsync(["run", pipeline, "--once", "--data", "run", "--transport", transport, "--invoke", invoke, "--connection", broker.ConnectionString])).MustEndWith(0);
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("run", "events.jsonl")));
    }

    [Theory]
    [InlineData("service-bus", "queue")]
    [InlineData("event-hubs", "hub")]
    public async Task A_connection_that_is_missing_is_asked_for(string transport, string what)
    {
        using var command = new Command();
        var (pipeline, _) = await TransportTests.UndisturbedAsync(command);
        var ended = (await command.RunAsync(["run", pipeline, "--once", "--data", "run", "--transport", transport])).MustEndWith(1);
        Assert.Contains($"The transport '{transport}' needs '--connection'.", ended.Errors, StringComparison.Ordinal);
        using var broker = await BrokerProcess.StartAsync(transport, pipeline);
        command.Write("other.yaml", File.ReadAllText(pipeline).Replace("dedup-queue", "another-queue", StringComparison.Ordinal).Replace("\ndedup:", "\nanother:", StringComparison.Ordinal));
        ended = (await command.RunAsync(["run", "other.yaml", "--once", "--data", "run", "--transport", transport, "--connection", broker.ConnectionString])).MustEndWith(1);
        Assert.Contains($"has no {what} 'another", ended.Errors, StringComparison.Ordinal);
    }
}
