// The real HTTP client against a server that accepts and never answers.
using System.Net;
using System.Net.Sockets;
using IntelMq.Bots;
using IntelMq.Stores;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Collectors.Tests;

public sealed class SilentServerTests
{
    [Fact]
    public async Task A_server_that_never_answers_ends_the_run_after_the_time_out()
    {
        var clock = new FakeTimeProvider();
        using var server = new TcpListener(IPAddress.Loopback, port: 0);
        server.Start();
        using var clients = new HttpClients(clock);
        var parameters = $$"""{"http_url": "http://{{server.LocalEndpoint}}/", "http_timeout_sec": 7, "http_timeout_max_tries": 1}""";
        await using var collector = await RunningCollector.StartAsync("http.collector_http", parameters, clients, clock);
        var run = collector.RunAsync();

        // The request is on its way, so its time is running.
        using var connection = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(8));
        var error = await Assert.ThrowsAsync<TransientException>(() => run);
        Assert.Contains("No answer within 7 seconds", error.Message, StringComparison.Ordinal);
    }
}
