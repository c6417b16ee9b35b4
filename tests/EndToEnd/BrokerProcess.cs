// A broker for tests as a process of its own, which outlives the hosts that are killed.
using System.Diagnostics;
using System.Globalization;
using IntelMq.Pipeline;

namespace IntelMq.EndToEnd.Tests;

/// <summary>Service Bus or Event Hubs with the queues or hubs of a pipeline.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    private BrokerProcess(Process process, string connectionString) => (_process, ConnectionString) = (process, connectionString);

    /// <summary>What goes behind <c>--connection</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts a broker with all that a pipeline needs: locks of five seconds, two partitions.</summary>
    public static async Task<BrokerProcess> StartAsync(string transport, string pipeline)
    {
        var entities = EntitiesOf(transport, pipeline);
        string[] arguments = transport == "service-bus" ? ["5", .. entities] : ["2", .. entities];
        var process = Process.Start(new ProcessStartInfo("dotnet", [Command.InCheckout("tests", "AzureBrokers", "bin", "Release", "net10.0", "IntelMq.AzureBrokers.dll"), transport, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return line is null
            ? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The broker does not start; process {process.Id}."))
            : new BrokerProcess(process, line);
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static IEnumerable<string> EntitiesOf(string transport, string pipeline)
    {
        var compiled = AppCompiler.Compile(FilterPipeline.Load(pipeline), pipeline, new CompileOptions { Transport = transport, LocalPaths = true });
        return compiled.App.Queues.Select(queue => queue.Entity);
    }
}
