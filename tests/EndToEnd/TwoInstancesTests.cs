// Two processes of the function app at once, with everything they keep in one storage account.
using global::Azure.Storage.Blobs;
using IntelMq.Azure;
using IntelMq.Benchmarks;
using IntelMq.FunctionsHost.Emulators;
using IntelMq.FunctionsHost.Handler;
using IntelMq.FunctionsHost.Running;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntelMq.EndToEnd.Tests;

public sealed class TwoInstancesTests
{
    private const int Rows = 3000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_instances_of_every_bot_give_every_event_once(bool kill)
    {
        Command.SkipWithoutNode("storage-queue");
        using var command = new Command();
        Directory.CreateDirectory(command.InFolder("input"));
        var expected = new BenchmarkInput().Write(command.InFolder("input", "feed.csv"), Rows);
        var local = command.Write("runtime.yaml", FilterPipeline.Text(command.InFolder("input")));
        (await command.RunAsync(["run", local, "--once", "--data", "embedded"])).MustEndWith(0);
        var wanted = OutputLines.Read(command.InFolder("embedded", "events.jsonl"), "feed.url");
        Assert.Equal(expected, wanted.Count);

        await using var azurite = await Azurite.StartAsync(null, Cancellation);
        var container = new BlobContainerClient(azurite.ConnectionString, "intelmq");
        await container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await container.GetBlobClient("input/feed.csv").UploadAsync(command.InFolder("input", "feed.csv"), Cancellation);

        var remote = command.Write("remote.yaml", FilterPipeline.Text("blob:intelmq/input").Replace("events.jsonl", "blob:intelmq/events.jsonl", StringComparison.Ordinal));
        var pipeline = FilterPipeline.Load(remote);
        var compiled = AppCompiler.Compile(pipeline, remote, new CompileOptions { Transport = "storage-queue", Authentication = "connection-string" });
        compiled.Write(command.InFolder("app"));

        var clients = new StorageClients(StorageSettings.Emulator(azurite.ConnectionString), TimeProvider.System);
        var apps = new[] { App(command, azurite), App(command, azurite) };
        await using var host = new FunctionHost(new FunctionHostOptions
        {
            App = compiled.App,
            Pipeline = pipeline,
            Transport = new StorageQueueTransport(clients.Queues, FunctionRunOptions.OwnEmulator, TimeProvider.System),
            Invoker = new InTurn(apps),
            Parked = new BlobParkStore(clients.Tables, clients.Blobs, AzureFunctionServices.Parked),
            DataFolder = command.InFolder("host"),
            Logs = NullLoggerFactory.Instance,
        });
        var run = host.RunOnceAsync(Cancellation);
        if (kill)
        {
            await apps[0].Handler.WhenReadyAsync(Cancellation);
            await Task.Delay(2500, Cancellation);
            using var process = System.Diagnostics.Process.GetProcessById(apps[0].Handler.ProcessId!.Value);
            process.Kill();
        }

        Assert.Empty((await run).Problems);
        await container.GetBlobClient("events.jsonl").DownloadToAsync(command.InFolder("remote.jsonl"), Cancellation);
        Assert.Equal(wanted, OutputLines.Read(command.InFolder("remote.jsonl"), "feed.url"));
        Assert.Equal(0, await new BlobDeadLetterStore(clients.Blobs, AzureFunctionServices.DeadLettersContainer).CountAsync(Cancellation));
    }

    private static HttpInvoker App(Command command, Azurite azurite)
    {
        var start = new HandlerStart(
            Command.InCheckout("functions", "App", "bin", "Release", "net10.0", "IntelMq.App.dll"),
            command.InFolder("app"),
            new Dictionary<string, string> { [AzureFunctionServices.Connection] = azurite.ConnectionString });
        return new HttpInvoker(start, TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>Calls one app after the other.</summary>
    private sealed class InTurn(HttpInvoker[] apps) : IFunctionInvoker
    {
        private int _calls;

        public Task<FunctionAnswer> InvokeAsync(CompiledFunction function, FunctionCall call, CancellationToken cancellation) =>
            apps[(uint)Interlocked.Increment(ref _calls) % (uint)apps.Length].InvokeAsync(function, call, cancellation);

        public async ValueTask DisposeAsync()
        {
            foreach (var app in apps)
            {
                await app.DisposeAsync();
            }
        }
    }
}
