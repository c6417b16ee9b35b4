// The transports over the real brokers and emulators of compose.yaml, where Docker is.
using IntelMq.EndToEnd.Tests.Transports;

namespace IntelMq.EndToEnd.Tests.Docker;

/// <summary>What TransportTests and TransportConformanceTests see with what runs without Docker, seen again with the brokers themselves.</summary>
public sealed class DockerTransportTests
{
    public static TheoryData<string> Transports => [.. ComposeFile.Brokers.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_events_are_those_of_the_embedded_run(string transport)
    {
        await using var broker = await StartAsync(transport);
        foreach (var invoke in (string[])["in-process", "http"])
        {
            using var run = await KilledRun.PrepareAsync(1500);
            Assert.Equal(run.Wanted, await run.FinishAsync("--transport", transport, "--connection", broker.Connection, "--invoke", invoke));
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_broker_has_the_properties_of_its_transport(string transport)
    {
        var broker = await StartAsync(transport);
        await using var subject = TransportSubject.Over(transport, broker.Connection, broker);
        TestContext.Current.SendDiagnosticMessage(string.Join(" | ", await TransportConformanceTests.LookAsync(subject)));
    }

    private static async Task<ComposeBroker> StartAsync(string transport)
    {
        using var command = new Command();
        var help = await command.RunAsync(["run", "--help"]);
        Assert.SkipUnless(help.Output.Split([' ', '<', '>', '|', '\n']).Contains(transport), $"'intelmq run' has no --transport {transport}.");
        return await ComposeBroker.StartAsync(transport, TransportSubject.Compile(command, transport), Cancellation);
    }
}
