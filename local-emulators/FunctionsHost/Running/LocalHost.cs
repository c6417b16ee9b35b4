// Runs a whole pipeline on this machine.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging;

namespace IntelMq.FunctionsHost.Running;

/// <summary>How a pipeline is run here.</summary>
public sealed record LocalHostOptions
{
    /// <summary>The bot instances.</summary>
    public required IReadOnlyList<HostedBot> Bots { get; init; }

    /// <summary>The folder for queues, state, dead letters and relative output paths.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The folder at which relative input paths start: that of the pipeline file.</summary>
    public required string InputFolder { get; init; }

    /// <summary>The fields that messages may carry.</summary>
    public FieldCatalogue Fields { get; init; } = FieldCatalogue.Default;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes the logs of the bots.</summary>
    public required ILoggerFactory Logs { get; init; }

    /// <summary>HTTP; null for the real one.</summary>
    public IHttpClients? Http { get; init; }

    /// <summary>DNS; null for the real one.</summary>
    public IDnsResolver? Dns { get; init; }

    /// <summary>A queue with more bytes than this makes its senders hold back.</summary>
    public long QueueLimit { get; init; } = EmbeddedStore.DefaultQueueLimit;
}

/// <summary>How a run ended.</summary>
/// <param name="Bots">The figures per bot.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Problems">What went wrong, as sentences; empty where nothing did.</param>
public sealed record RunSummary(IReadOnlyList<BotFigures> Bots, TimeSpan Duration, IReadOnlyList<string> Problems);

/// <summary>
/// A pipeline at work on this machine, over the embedded transport. Bots run beside each other; a bot holds back while a queue behind it is full,
/// so that memory and disk stay bounded however large the input is.
/// </summary>
public sealed class LocalHost : IAsyncDisposable, IRunningPipeline
{
    private readonly LocalHostOptions _options;
    private readonly FileClaimCheckStore _claims;
    private readonly HttpClients? _ownHttp;
    private readonly Lazy<IDnsResolver> _dns;
    private readonly List<BotRunner> _runners = [];
    private readonly List<LocalFileStore> _files = [];
    private readonly List<BotLoop> _loops = [];
    private readonly List<CollectorLoop> _collectors = [];

    private LocalHost(LocalHostOptions options)
    {
        _options = options;
        Store = EmbeddedStore.Open(options.DataFolder, options.Clock, options.QueueLimit);
        _claims = new FileClaimCheckStore(Path.Combine(options.DataFolder, "claims"));
        _claims.DeleteOthers(Store.ClaimsInUse());
        _ownHttp = options.Http is null ? new HttpClients(options.Clock) : null;

        // One for all bots: its answers are cached.
        _dns = new Lazy<IDnsResolver>(() => options.Dns ?? new DnsResolver());
    }

    /// <summary>The transport.</summary>
    public EmbeddedStore Store { get; }

    /// <summary>Opens the data folder and starts the bots.</summary>
    /// <exception cref="DataFolderException">The data folder cannot be used.</exception>
    /// <exception cref="BotConfigurationException">Bots cannot work with their configuration; the problems of all of them are listed.</exception>
    public static async Task<LocalHost> OpenAsync(LocalHostOptions options, CancellationToken cancellation)
    {
        var host = new LocalHost(options);
        try
        {
            await host.StartBotsAsync(cancellation);
            host.Fuse();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The figures of all bots, in the order of the pipeline file.</summary>
    public IReadOnlyList<BotFigures> Figures()
    {
        var figures = _loops.Select(loop => loop.Figures()).Concat(_collectors.Select(collector => collector.Figures())).ToDictionary(figure => figure.BotId);
        return _options.Bots.Where(bot => figures.ContainsKey(bot.Settings.BotId)).Select(bot => figures[bot.Settings.BotId]).ToArray();
    }

    /// <summary>
    /// Runs every collector once and returns when all queues are empty. A run that was interrupted before is finished instead of beginning a new one.
    /// </summary>
    public async Task<RunSummary> RunOnceAsync(CancellationToken stopping)
    {
        var begun = _options.Clock.GetTimestamp();
        var occurrence = Store.Runs.Once ?? "once-" + _options.Clock.GetUtcNow().ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        Store.Runs.Once = occurrence;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var collecting = _collectors.Select(collector => Task.Run(() => collector.RunOnceAsync(occurrence, ending.Token), CancellationToken.None)).ToArray();
        Task[] running = [.. collecting, .. Work(ending)];
        var problems = new List<string>();
        var failure = await FirstFailureAsync(WatchAsync(Task.WhenAll(collecting), ending), running);
        await ending.CancelAsync();
        failure ??= await FailureOfAsync(Task.WhenAll(running));
        if (failure is not null)
        {
            problems.Add(failure);
        }
        else if (!stopping.IsCancellationRequested)
        {
            problems.AddRange(_loops.Select(loop => loop.Leftover).OfType<string>());
            Store.Runs.Once = problems.Count == 0 ? null : occurrence;
            problems.AddRange(_collectors.Where(collector => collector.HasFailed).Select(collector => collector.Figures()).Select(figure => $"{figure.BotId}: {figure.Problem}"));
        }

        return new RunSummary(Figures(), _options.Clock.GetElapsedTime(begun), problems);
    }

    /// <summary>Runs until it is cancelled: collectors at their times, everything else as frames arrive.</summary>
    public async Task<RunSummary> RunAsync(CancellationToken stopping)
    {
        var begun = _options.Clock.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var collecting = _collectors.Select(collector => Task.Run(() => collector.RunOnScheduleAsync(ending.Token), CancellationToken.None));
        Task[] running = [.. collecting, .. Work(ending)];
        var stopped = Task.Delay(Timeout.Infinite, ending.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        var failure = await FirstFailureAsync(stopped, running);
        await ending.CancelAsync();
        failure ??= await FailureOfAsync(Task.WhenAll(running));
        var problems = failure is null ? [] : new[] { failure };
        return new RunSummary(Figures(), _options.Clock.GetElapsedTime(begun), problems);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var runner in _runners)
        {
            await runner.DisposeAsync();
        }

        foreach (var files in _files)
        {
            await files.DisposeAsync();
        }

        foreach (var loop in _loops)
        {
            loop.Dispose();
        }

        _ownHttp?.Dispose();
        Store.Dispose();
    }

    private IEnumerable<Task> Work(CancellationTokenSource ending) =>
        _loops.Select(loop => Task.Run(() => loop.RunAsync(ending.Token), CancellationToken.None));

    // Gives the sentence of the first failure, or null when the watched task ends first.
    private static async Task<string?> FirstFailureAsync(Task watched, Task[] others)
    {
        var failures = others.Select(FailureOfAsync).ToList();
        while (true)
        {
            var done = await Task.WhenAny([watched, .. failures]);
            if (done is not Task<string?> ended)
            {
                return null;
            }

            if (await ended is { } failure)
            {
                return failure;
            }

            failures.Remove(ended);
        }
    }

    private static async Task<string?> FailureOfAsync(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (DataFolderException error)
        {
            return error.Message;
        }
    }

    // Returns when nothing is left to do: the collectors are done, all loops rest and nothing becomes due.
    private async Task WatchAsync(Task collecting, CancellationTokenSource ending)
    {
        await FailureOfAsync(collecting);
        while (!ending.IsCancellationRequested)
        {
            var before = Store.Commits;
            if (_loops.All(loop => loop.IsAtRest) && !_loops.Any(loop => loop.ExpectsFrames) && Store.Commits == before)
            {
                return;
            }

            try
            {
                // Real time on purpose: a driven clock must not hide that the work is done.
                await Task.Delay(5, ending.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task StartBotsAsync(CancellationToken cancellation)
    {
        var problems = new List<string>();
        foreach (var bot in _options.Bots.Where(bot => bot.Enabled))
        {
            try
            {
                await StartBotAsync(bot, cancellation);
            }
            catch (BotConfigurationException error)
            {
                problems.AddRange(error.Problems.Select(problem => $"{bot.Settings.BotId}: {problem}"));
            }
        }

        if (problems.Count > 0)
        {
            throw new BotConfigurationException(problems);
        }
    }

    private void Fuse()
    {
        var loops = _loops.ToDictionary(loop => loop.BotId, StringComparer.Ordinal);
        var followers = _options.Bots.Where(bot => bot.Follower is not null).ToDictionary(bot => bot.Settings.BotId, bot => loops[bot.Follower!], StringComparer.Ordinal);
        foreach (var loop in _loops)
        {
            var behind = new List<BotLoop>();
            for (var last = loop; followers.TryGetValue(last.BotId, out var next); last = next)
            {
                behind.Add(next);
            }

            loop.Fuse(behind);
        }
    }

    private async Task StartBotAsync(HostedBot bot, CancellationToken cancellation)
    {
        var state = Store.StateOf(bot.Settings.BotId);
        var files = new LocalFileStore(_options.InputFolder, _options.DataFolder, Path.Combine(_options.DataFolder, "transport", "files"), state);
        _files.Add(files);
        var context = new BotContext
        {
            BotId = bot.Settings.BotId,
            Fields = _options.Fields,
            Clock = _options.Clock,
            Log = _options.Logs.CreateLogger(bot.Settings.BotId),
            State = state,
            Files = files,
            Http = _options.Http ?? _ownHttp!,
            Dns = _dns.Value,
        };
        var made = bot.Bot();
        var runner = await BotRunner.StartAsync(made, bot.Parameters, bot.Settings, context, _claims, cancellation);
        _runners.Add(runner);
        if (made.Kind == BotKind.Collector)
        {
            _collectors.Add(new CollectorLoop(runner, Store, _options.Clock, bot.Schedule));
        }
        else
        {
            _loops.Add(new BotLoop(runner, Store, state, _claims, _options.Clock));
        }
    }
}
