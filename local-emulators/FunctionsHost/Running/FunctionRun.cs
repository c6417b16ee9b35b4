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

    /// <summary>What carries the queues whose bots name no transport of their own.</summary>
    public required string Transport { get; init; }

    /// <summary>The path of IntelMq.App.dll, which is called over HTTP; null to call the functions in this process.</summary>
    public string? App { get; init; }

    /// <summary>A folder with further bots for the app; null for its own.</summary>
    public string? BotsFolder { get; init; }

    /// <summary>
    /// The brokers that run already, by transport: a connection string, the name of a namespace, Kafka's <c>HOST:PORT</c> or RabbitMQ's URI. Those of Storage
    /// queues and Kafka are started for the run where none is given.
    /// </summary>
    public IReadOnlyDictionary<string, string> Connections { get; init; } = new Dictionary<string, string>();

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
    private readonly RunTransports _transports = new();
    // Nothing is hosted; every transport may run here.
    private const string AnyTransport = "premium";

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
        var compiled = AppCompiler.Compile(options.Pipeline, options.PipelinePath, new CompileOptions { Transport = options.Transport, LocalPaths = true, HostingPlan = AnyTransport });
        if (compiled.HasErrors)
        {
            throw new BotConfigurationException(compiled.Problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.ToString()).ToArray());
        }

        var folder = Path.Combine(options.DataFolder, "app");
        var file = new SqliteFile(LocalFunctionServices.FileOf(options.DataFolder));
        var run = new FunctionRun(folder) { DeadLetters = new SqliteDeadLetterStore(file) };
        try
        {
            // The app reads the same pipeline file, with its folder as the place of relative inputs.
            var app = compiled.App with { Pipeline = Path.GetFullPath(options.PipelinePath) };
            await File.WriteAllTextAsync(Path.Combine(folder, CompiledApp.FileName), app.ToJson(), cancellation);
            var parked = new SqliteParkStore(file);
            parked.EndLeases(options.Clock.GetUtcNow());
            var transport = await run._transports.OpenAsync(app, options, cancellation);
            run._host = new FunctionHost(new FunctionHostOptions
            {
                App = app,
                Pipeline = options.Pipeline,
                Transport = transport,
                Invoker = run.StartInvoker(options, app, folder),
                Parked = parked,
                DataFolder = folder,
                Done = token =>
                {
                    run._transports.Emptied();
                    return LocalFunctionServices.DeleteUnneededClaimsAsync(options.DataFolder, token);
                },
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

        await _transports.DisposeAsync();
        await _lock.DisposeAsync();
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
