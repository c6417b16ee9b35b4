// Runs a bot on a case and gives what came out as JSON lines.
using IntelMq.Collectors;
using IntelMq.DataFormat;
using IntelMq.Experts;
using IntelMq.Outputs;
using IntelMq.Parsers;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Bots.Cases;

/// <summary>A started bot with the files, answers and parameters of a case, an empty state and a clock that stands still.</summary>
internal sealed class CaseRun : IAsyncDisposable
{
    private readonly BotCase _case;
    private readonly BotDescriptor _bot;
    private readonly DirectoryInfo _scratch;
    private readonly string _inputs;
    private readonly LocalFileStore _files;
    private readonly RecordedAnswers _answers;
    private readonly FileClaimCheckStore _claims;
    private readonly CaseBrokers _brokers;
    private BotAlone? _alone;

    private CaseRun(BotCase known)
    {
        _case = known;
        Assert.True(Catalogue.TryGet(known.BotId, out var bot), $"There is no bot '{known.BotId}'; the nearest is '{Catalogue.Nearest(known.BotId)}'.");
        _bot = bot;
        _scratch = Directory.CreateTempSubdirectory("bot-case-");
        State = new MemoryStateStore(Clock);
        _inputs = Copied(known.Folder, Path.Combine(_scratch.FullName, "case"));
        _files = new LocalFileStore(_inputs, Written, Path.Combine(_scratch.FullName, "journal"), State);
        _answers = RecordedAnswers.Parse(known.Answers);
        _brokers = new CaseBrokers(known);
        _claims = new FileClaimCheckStore(Path.Combine(_scratch.FullName, "claims"));
    }

    /// <summary>All bots of this repository.</summary>
    public static BotCatalogue Catalogue { get; } =
        BotCatalogue.Scan([typeof(FileCollector).Assembly, typeof(OpenPhishParser).Assembly, typeof(TaxonomyExpert).Assembly, typeof(FileOutput).Assembly]);

    /// <summary>The folder with the files that the bot wrote.</summary>
    public string Written => Path.Combine(_scratch.FullName, "written");

    /// <summary>The ids of the messages that came out.</summary>
    public List<Guid> Ids { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));

    private MemoryStateStore State { get; }

    /// <summary>Starts the bot of a case.</summary>
    /// <exception cref="BotConfigurationException">The bot refuses its parameters.</exception>
    public static async Task<CaseRun> StartAsync(BotCase known)
    {
        var run = new CaseRun(known);
        var bound = ParameterBinder.Bind(run._bot, await run._brokers.WithServersAsync(known.Parameters));
        if (bound.Parameters is null)
        {
            throw new BotConfigurationException(bound.Problems.Select(problem => problem.Message).ToArray());
        }

        var context = new BotContext
        {
            BotId = "case",
            Fields = FieldCatalogue.Default.With(run.Clock),
            Clock = run.Clock,
            Log = NullLogger.Instance,
            State = run.State,
            Files = run._files,
            Http = run._answers,
            Dns = run._answers,
        };
        run._alone = await BotAlone.StartAsync(run._bot.Create(), run._bot.Id, bound.Parameters, context, run._claims, Cancellation);
        return run;
    }

    /// <summary>Runs the whole case: the results in order, then <c>{"refused": …}</c> where the run as a whole failed.</summary>
    public async Task<IReadOnlyList<Value>> ResultsAsync()
    {
        var lines = new List<Value>();
        await _brokers.FillAsync();
        foreach (var message in _case.Messages(_bot.Kind))
        {
            lines.AddRange(await ResultsAsync(message));
        }

        if (_bot.Kind == BotKind.Collector)
        {
            try
            {
                await foreach (var result in _alone!.CollectAsync(_claims, Cancellation))
                {
                    lines.Add(Line(result));
                }
            }
            catch (Exception error) when (error is TransientException or InvalidRecordException)
            {
                lines.Add(Value.Of(new ValueMap { ["failed_run"] = error.Message }));
            }
        }

        await _brokers.DumpAsync(Written);
        return lines;
    }

    /// <summary>Gives the bot one message.</summary>
    public async Task<IReadOnlyList<Value>> ResultsAsync(byte[] message) => (await _alone!.ProcessAsync(message, Cancellation)).Select(Line).ToArray();

    /// <summary>Closes what the bot has open, so that the written files can be read.</summary>
    public async Task StopAsync()
    {
        await _alone!.DisposeAsync();
        await _files.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _answers.Dispose();
        _scratch.Delete(recursive: true);
    }

    /// <summary>A result without the time of observation, which is that of the machine.</summary>
    public static Value Comparable(Value result)
    {
        if (result.AsMap() is not { } map)
        {
            return result;
        }

        var kept = new ValueMap();
        foreach (var (name, value) in map.Where(item => item.Key != "time.observation"))
        {
            kept[name] = name is "dead_letter" or "message" ? Comparable(value) : value;
        }

        return Value.Of(kept);
    }

    // A copy: collectors lock files, and may delete them.
    private static string Copied(string folder, string copy)
    {
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    private Value Line(BotResult result)
    {
        if (result.Message is { } identified)
        {
            Ids.Add(identified.Meta.Id);
        }

        var message = result.Message is { } made ? Value.Of(MessageExport.ToMap(made, new ExportForm(WithType: true))) : result.Original;
        if (message.AsMap() is { } map && map["feed.url"].AsText() is { } url)
        {
            // The folder is another one in every run.
            map["feed.url"] = url.Replace(_inputs, "{case}", StringComparison.Ordinal);
        }

        return Comparable(Value.Of(result.Error is { } error
            ? new ValueMap { ["dead_letter"] = Value.Of(new ValueMap { ["error"] = _brokers.Unnamed(error), ["message"] = message }) }
            : new ValueMap { ["path"] = result.Path, ["message"] = message }));
    }
}
