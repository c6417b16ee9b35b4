// A collector, started for a test with parameters as a pipeline file gives them.
using System.Net;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Collectors.Tests;

/// <summary>What was fetched.</summary>
/// <param name="FileName">The name of the file; null where there is none.</param>
/// <param name="Text">The raw data as text; null where the source had none.</param>
internal sealed record Fetched(string? FileName, string? Text);

/// <summary>Runs a collector the way the runtime does.</summary>
internal sealed class RunningCollector : IDnsResolver, IAsyncDisposable
{
    private readonly CollectorBot _bot;
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("collectors-");
    private readonly HttpClients _http = new(TimeProvider.System);

    private RunningCollector(CollectorBot bot) => _bot = bot;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a collector. HTTP requests are real.</summary>
    public static async Task<RunningCollector> StartAsync<TBot>(string parameters, string folder = ".")
        where TBot : CollectorBot, new()
    {
        var descriptor = BotDescriptor.Of(typeof(TBot));
        var bound = ParameterBinder.Bind(descriptor, JsonText.TryParse(parameters)!.Value.AsMap()!.ToDictionary(item => item.Key, item => item.Value));
        if (bound.Parameters is null)
        {
            throw new BotConfigurationException(bound.Problems.Select(problem => problem.Message).ToArray());
        }

        var running = new RunningCollector(new TBot());
        var state = new MemoryStateStore(new FakeTimeProvider());
        var context = new BotContext
        {
            BotId = "collector",
            Log = NullLogger.Instance,
            State = state,
            Files = new LocalFileStore(folder, running._scratch.FullName, running._scratch.FullName, state),
            Http = running._http,
            Dns = running,
        };
        await running._bot.StartAsync(context, bound.Parameters, Cancellation);
        return running;
    }

    /// <summary>Fetches without queueing: what the collector offers.</summary>
    public IAsyncEnumerable<CollectedReport> OfferAsync() =>
        _bot.CollectAsync(new CollectorRun("test", new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero)), Cancellation);

    /// <summary>One run: fetches, takes the raw data and says that it is queued.</summary>
    public async Task<IReadOnlyList<Fetched>> RunAsync()
    {
        var fetched = new List<Fetched>();
        await foreach (var offered in OfferAsync())
        {
            fetched.Add(new Fetched(offered.Report["extra.file_name"].AsText(), await TextAsync(offered)));
            if (offered.Queued is { } queued)
            {
                await queued(Cancellation);
            }
        }

        return fetched;
    }

    /// <summary>The raw data of what is offered.</summary>
    public static async Task<string?> TextAsync(CollectedReport offered)
    {
        await using var raw = await offered.OpenRaw(Cancellation);
        if (raw is null)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        await raw.CopyToAsync(bytes, Cancellation);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no DNS.");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> NamesAsync(IPAddress address, CancellationToken cancellation) => throw new TransientException("There is no DNS.");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no DNS.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _bot.StopAsync(Cancellation);
        _http.Dispose();
        _scratch.Delete(recursive: true);
    }
}
