// Loads the compiled pipeline while the app already answers.
using System.Reflection;
using IntelMq.Azure;
using IntelMq.Bots;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using IntelMq.Stores;

namespace IntelMq.App;

/// <summary>
/// The functions, loaded in the background: the host asks for readiness long before it sends the first call. What cannot be loaded ends the process with
/// the sentences on stderr, which is where the host takes the reason from.
/// </summary>
internal sealed class LoadedApp(AppEnvironment environment, ILoggerFactory logs, TimeProvider clock, IHostApplicationLifetime lifetime) : BackgroundService, IAsyncDisposable
{
    /// <summary>The code of an app that cannot work.</summary>
    public const int Fatal = 1;

    /// <summary>The process was told to end.</summary>
    private const int Told = 143;

    /// <summary>The setting that puts state into Redis.</summary>
    private const string RedisSetting = "IntelMqStateRedis";

    private readonly TaskCompletionSource<FunctionApp> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClients _http = new(clock);
    private RedisServer? _redis;

    /// <summary>The code to end with.</summary>
    public int ExitCode { get; private set; } = Told;

    /// <summary>The functions, once they are loaded.</summary>
    public Task<FunctionApp> Functions => _loaded.Task;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_loaded.Task.IsCompletedSuccessfully)
        {
            await (await _loaded.Task).DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        _http.Dispose();
        Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(
        async () =>
        {
            try
            {
                _loaded.SetResult(await LoadAsync());
            }
#pragma warning disable CA1031 // Whatever stops the app from loading is told and ends it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                foreach (var problem in error is BotConfigurationException { Problems: var problems } ? problems : [error.Message])
                {
                    Console.Error.WriteLine("error: " + problem);
                }

                if (error is not (BotConfigurationException or InvalidDataException or IOException))
                {
                    Console.Error.WriteLine(error.ToString());
                }

                ExitCode = Fatal;
                _loaded.SetException(error);

                // Not before the app listens: a start that is cancelled fails in its own way.
                lifetime.ApplicationStarted.Register(lifetime.StopApplication);
            }
        },
        stoppingToken);

    private async Task<FunctionApp> LoadAsync()
    {
        var app = CompiledApp.Read(environment.Folder);
        var catalogue = BotCatalogue.Scan(app.Assemblies.Select(LoadAssembly).OfType<Assembly>(), environment.Bots ?? Path.Combine(AppContext.BaseDirectory, AppFolder.PluginFolderName));
        var path = Path.Combine(environment.Folder, app.Pipeline);
        var loaded = PipelineFile.Load(path, catalogue, environment.Variables, MissingSecrets.Refuse, environment.Serves is { } served ? BotsOf(app, served) : null);
        if (loaded.Pipeline is not { } pipeline)
        {
            throw new BotConfigurationException(loaded.Problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.ToString()).ToArray());
        }

        return new FunctionApp(app, pipeline, catalogue, await WithRedisAsync(Services(pipeline)), environment.Serves);
    }

    // Where each bot has an app of its own, an app has the secrets of its bots only.
    private static HashSet<string> BotsOf(CompiledApp app, IReadOnlySet<string> served) => app.Functions
        .Where(function => served.Contains(function.Name))
        .SelectMany(function => function.Bots)
        .ToHashSet(StringComparer.Ordinal);

    // An assembly that is not here is a package of the bots folder, which is scanned anyway.
    private static Assembly? LoadAssembly(string name) =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll")) ? Assembly.Load(new AssemblyName(name)) : null;

    // State may lie in Redis instead; everything else stays where it is.
    private async Task<FunctionServices> WithRedisAsync(FunctionServices services)
    {
        if (environment.Variables.GetValueOrDefault(RedisSetting) is not { Length: > 0 } address)
        {
            return services;
        }

        _redis = await RedisServer.ConnectAsync(RedisSettings.Parse(address, RedisSetting));
        return services with { State = _redis.StateOf };
    }

    private FunctionServices Services(Pipeline.Pipeline pipeline)
    {
        if (environment.Data is { } data)
        {
            return LocalFunctionServices.Open(data, pipeline.Directory, logs, clock, _http);
        }

        var clients = new StorageClients(StorageSettings.Read(AzureFunctionServices.Connection, environment.Variables.GetValueOrDefault), clock);
        var journal = Path.Combine(Path.GetTempPath(), "intelmq-files");
        return AzureFunctionServices.Open(
            clients,
            (_, state) => new LocalFileStore(pipeline.Directory, pipeline.Directory, journal, state),
            logs,
            clock,
            _http,
            new Lazy<IDnsResolver>(() => new DnsResolver()),
            ServiceBusSettings.Read(environment.Variables.GetValueOrDefault));
    }
}
