// Puts together what a run as functions needs: the compiled app, what carries the messages, and what calls the functions.
using IntelMq.Azure;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.FunctionsHost.Emulators;
using IntelMq.FunctionsHost.Handler;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>How a pipeline is run as functions on this machine.</summary>
public sealed record FunctionRunOptions
{
    /// <summary>The pipeline.</summary>
    public required Pipeline.Pipeline Pipeline { get; init; }

    /// <summary>The pipeline file.</summary>
    public required string PipelinePath { get; init; }

    /// <summary>The bots.</summary>
    public required BotCatalogue Catalogue { get; init; }

    /// <summary>The folder for queues, state, dead letters and relative output paths.</summary>
    public required string DataFolder { get; init; }

    /// <summary><c>sqlite</c>, <c>storage-queue</c>, <c>service-bus</c> or <c>event-hubs</c>.</summary>
    public required string Transport { get; init; }

    /// <summary>The path of IntelMq.App.dll, which is called over HTTP; null to call the functions in this process.</summary>
    public string? App { get; init; }

    /// <summary>A folder with further bots for the app; null for its own.</summary>
    public string? BotsFolder { get; init; }

    /// <summary>The connection string of an emulator, or the name of a Service Bus or Event Hubs namespace; null to start Azurite for Storage queues.</summary>
    public string? Connection { get; init; }

    /// <summary>How Service Bus is used.</summary>
    public ServiceBusTriggerOptions ServiceBus { get; init; } = new();

    /// <summary>How Event Hubs is used.</summary>
    public EventHubsTriggerOptions EventHubs { get; init; } = new();

    /// <summary>How Storage queues are used.</summary>
    public QueueTriggerOptions Queues { get; init; } = OwnEmulator;

    /// <summary>Makes logs.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// With an emulator of our own nobody else waits for the messages: after a crash they come back within seconds and not, as with the real trigger,
    /// within ten minutes.
    /// </summary>
    public static QueueTriggerOptions OwnEmulator { get; } = new() { Hidden = TimeSpan.FromSeconds(9), VisibilityTimeout = TimeSpan.FromSeconds(1) };
}

/// <summary>A run as functions, with everything that was started for it.</summary>
public sealed class FunctionRun : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _started = [];
    private readonly FileStream _lock;
    private FunctionHost? _host;

    private FunctionRun(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            _lock = new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The data folder '{folder}' cannot be used: {error.Message} Is another run using it? Stop that one, or choose another folder with --data.", error);
        }
    }

    /// <summary>The host.</summary>
    public FunctionHost Host => _host!;

    /// <summary>The process of the function app; null where functions are called in this process.</summary>
    public HandlerProcess? Handler { get; private set; }

    /// <summary>What failed for good.</summary>
    public required IDeadLetterStore DeadLetters { get; init; }

    /// <summary>Starts what the run needs.</summary>
    /// <exception cref="BotConfigurationException">The pipeline cannot be run so.</exception>
    /// <exception cref="DataFolderException">The data folder cannot be used.</exception>
    public static async Task<FunctionRun> OpenAsync(FunctionRunOptions options, CancellationToken cancellation)
    {
        var compiled = AppCompiler.Compile(options.Pipeline, options.PipelinePath, new CompileOptions { Transport = options.Transport, LocalPaths = true });
        if (compiled.HasErrors)
        {
            throw new BotConfigurationException(compiled.Problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.ToString()).ToArray());
        }

        if (compiled.App.Queues.FirstOrDefault(queue => queue.Transport != options.Transport) is { } other)
        {
            throw new BotConfigurationException($"The queue '{other.Name}' is carried by '{other.Transport}'; this run carries all queues by one transport. Remove the key 'transport' of its bot, or compile the pipeline.");
        }

        var folder = Path.Combine(options.DataFolder, "app");
        var file = new SqliteFile(LocalFunctionServices.FileOf(options.DataFolder));
        var run = new FunctionRun(folder) { DeadLetters = new SqliteDeadLetterStore(file) };
        try
        {
            // The app reads the same pipeline file, with its folder as the place of relative inputs.
            var app = compiled.App with { Pipeline = Path.GetFullPath(options.PipelinePath) };
            await File.WriteAllTextAsync(Path.Combine(folder, CompiledApp.FileName), app.ToJson(), cancellation);
            var transport = await run.StartTransportAsync(options, app, cancellation);
            run._host = new FunctionHost(new FunctionHostOptions
            {
                App = app,
                Pipeline = options.Pipeline,
                Transport = transport,
                Invoker = run.StartInvoker(options, app, folder),
                Parked = new SqliteParkStore(file),
                DataFolder = folder,
                Done = token => LocalFunctionServices.DeleteUnneededClaimsAsync(options.DataFolder, token),
                Logs = options.Logs,
                Clock = options.Clock,
            });
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        foreach (var started in Enumerable.Reverse(_started))
        {
            await started.DisposeAsync();
        }

        await _lock.DisposeAsync();
    }

    private async Task<ITransport> StartTransportAsync(FunctionRunOptions options, CompiledApp app, CancellationToken cancellation)
    {
        if (options.Transport == "sqlite")
        {
            return new EmbeddedTransport(EmbeddedStore.Open(options.DataFolder, options.Clock), options.Clock);
        }

        if (options.Transport == "service-bus")
        {
            return await ServiceBusTransport.OpenAsync(NamespaceConnection.Read(options.Connection, options.Transport), app.Queues, options.ServiceBus, options.Clock, cancellation);
        }

        if (options.Transport == "event-hubs")
        {
            var positions = Path.Combine(options.DataFolder, "app", "positions");
            return await EventHubsTransport.OpenAsync(NamespaceConnection.Read(options.Connection, options.Transport), app.Queues, positions, options.EventHubs, options.Clock, cancellation);
        }

        var connection = options.Connection;
        if (connection is null)
        {
            var azurite = await Azurite.StartAsync(Path.Combine(options.DataFolder, "azurite"), cancellation);
            _started.Add(azurite);
            connection = azurite.ConnectionString;
        }

        var clients = new StorageClients(StorageSettings.Emulator(connection, "--connection"), options.Clock);
        return new StorageQueueTransport(clients.Queues, options.Queues, options.Clock);
    }

    private IFunctionInvoker StartInvoker(FunctionRunOptions options, CompiledApp app, string folder)
    {
        if (options.App is { } path)
        {
            var variables = new Dictionary<string, string> { ["INTELMQ_DATA"] = options.DataFolder };
            if (options.BotsFolder is { } bots)
            {
                variables["INTELMQ_BOTS_FOLDER"] = bots;
            }

            var invoker = new HttpInvoker(new HandlerStart(path, folder, variables), options.Clock, options.Logs.CreateLogger("app"));
            Handler = invoker.Handler;
            return invoker;
        }

        var http = new HttpClients(options.Clock);
        var services = LocalFunctionServices.Open(options.DataFolder, options.Pipeline.Directory, options.Logs, options.Clock, http);
        return new InProcessInvoker(new FunctionApp(app, options.Pipeline, options.Catalogue, services));
    }
}
