// Runs one bot on recorded input: the shared part of the replays of cases/*.json and vectors/bots.json.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>What a bot did with recorded input.</summary>
/// <param name="StartError">Why it did not start; null where it did.</param>
/// <param name="Results">The results, one list per input; of a collector one list for the run.</param>
public sealed record BotCaseResult(string? StartError, IReadOnlyList<IReadOnlyList<BotResult>> Results)
{
    /// <summary>Where the recorded files lay.</summary>
    public string FilesFolder { get; init; } = "";

    /// <summary>The files that the bot wrote, by path below the scratch folder.</summary>
    public ValueMap Written { get; init; } = [];
}

/// <summary>
/// Starts bots of a catalogue as the recording did: its parameters, files and clock, an empty state, and no network unless one is given.
/// </summary>
public sealed class BotCaseRunner(BotCatalogue catalogue)
{
    /// <summary>The bots.</summary>
    public BotCatalogue Catalogue { get; } = catalogue;

    /// <summary>Answers HTTP requests of the bots; by default there is no network.</summary>
    public IHttpClients Http { get; init; } = new NoNetwork();

    /// <summary>Answers DNS requests of the bots; by default there is no network.</summary>
    public IDnsResolver Dns { get; init; } = new NoNetwork();

    /// <summary>Feeds recorded input to a bot, in order.</summary>
    /// <param name="bot">The bot.</param>
    /// <param name="parameters">The recorded parameters; <c>{files}</c> and <c>{tmp}</c> in their texts are replaced.</param>
    /// <param name="files">The recorded files by path, or missing.</param>
    /// <param name="inputs">The recorded messages; those without <c>__type</c> are of the kind that the bot takes. Collectors run once.</param>
    /// <param name="locked">The recorded files that another process has locked.</param>
    public async Task<BotCaseResult> RunAsync(BotDescriptor bot, Value parameters, Value files, IReadOnlyList<Value> inputs, IReadOnlyList<string>? locked = null)
    {
        var folder = Directory.CreateTempSubdirectory("conformance-");
        var locks = new List<FileStream>();
        try
        {
            var places = (Files: Path.Combine(folder.FullName, "files"), Scratch: Path.Combine(folder.FullName, "tmp"));
            Directory.CreateDirectory(places.Files);
            Directory.CreateDirectory(places.Scratch);
            foreach (var (path, content) in files.AsMap() ?? new ValueMap())
            {
                var target = Placed(path, places);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await File.WriteAllBytesAsync(target, Content(content.AsMap()!), TestContext.Current.CancellationToken);
            }

            locks.AddRange((locked ?? []).Select(path => new FileStream(Placed(path, places), FileMode.Open, FileAccess.ReadWrite, FileShare.None)));
            var result = await RunAsync(bot, Placed(parameters, places).AsMap() ?? new ValueMap(), places, inputs);
            return result with { FilesFolder = places.Files, Written = Written(places.Scratch) };
        }
        finally
        {
            locks.ForEach(file => file.Dispose());
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A message that came out, as the recording has it: flat, with <c>__type</c>, without what must not be compared, <c>output</c> as JSON.</summary>
    public static Value Comparable(Value message)
    {
        if (message.AsMap() is not { } map)
        {
            return message;
        }

        var kept = new ValueMap();
        foreach (var (key, value) in map)
        {
            if (key != "time.observation")
            {
                kept[key] = key == "output" && value.AsText() is { } text && JsonText.TryParse(text) is { } json ? json : value;
            }
        }

        return Value.Of(kept);
    }

    /// <summary>As <see cref="Comparable(Value)"/>, of a message.</summary>
    public static Value Comparable(Message message) => Comparable(Value.Of(MessageExport.ToMap(message, new ExportForm(WithType: true))));

    private async Task<BotCaseResult> RunAsync(BotDescriptor bot, ValueMap parameters, (string Files, string Scratch) places, IReadOnlyList<Value> inputs)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var bound = ParameterBinder.Bind(bot, parameters.ToDictionary(item => item.Key, item => item.Value), unknownKeysAreErrors: false);
        if (bound.Parameters is null)
        {
            return new BotCaseResult(string.Join(" ", bound.Problems.Select(problem => problem.Message)), []);
        }

        var clock = new FakeTimeProvider(ConformanceFolder.Recorded);
        var state = new MemoryStateStore(clock);
        await using var store = new LocalFileStore(places.Files, places.Scratch, Path.Combine(places.Scratch, ".journal"), state);
        var context = new BotContext
        {
            BotId = "test-bot",
            Fields = FieldCatalogue.Default.With(clock),
            Clock = clock,
            Log = NullLogger.Instance,
            State = state,
            Files = store,
            Http = Http,
            Dns = Dns,
        };
        try
        {
            var claims = new FileClaimCheckStore(Path.Combine(places.Scratch, ".claims"));
            await using var alone = await BotAlone.StartAsync(bot.Create(), bot.Id, bound.Parameters, context, claims, cancellation);
            var results = new List<IReadOnlyList<BotResult>>();
            foreach (var input in inputs)
            {
                results.Add(await alone.ProcessAsync(Encode(input, bot.Kind), cancellation));
            }

            if (bot.Kind == BotKind.Collector)
            {
                results.Add(await CollectAsync(alone, claims, cancellation));
            }

            return new BotCaseResult(null, results);
        }
        catch (BotConfigurationException error)
        {
            return new BotCaseResult(error.Message, []);
        }
    }

    private static async Task<IReadOnlyList<BotResult>> CollectAsync(BotAlone alone, FileClaimCheckStore claims, CancellationToken cancellation)
    {
        var reports = new List<BotResult>();
        try
        {
            await foreach (var report in alone.CollectAsync(claims, cancellation))
            {
                reports.Add(new BotResult(Paths.Default, report));
            }
        }
        catch (Exception error) when (error is TransientException or InvalidRecordException)
        {
            reports.Add(new BotResult(null, null, error.Message));
        }

        return reports;
    }

    private static ValueMap Written(string folder)
    {
        var written = new ValueMap();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(folder, file);
            if (!path.StartsWith('.'))
            {
                written[path] = File.ReadAllText(file);
            }
        }

        return written;
    }

    private static byte[] Encode(Value input, BotKind kind)
    {
        var map = input.AsMap() ?? throw new InvalidDataException($"A recorded input is no object: {input}");
        if (map["__text"].AsText() is { } text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        if (map["__bytes_base64"].AsText() is { } bytes)
        {
            return Convert.FromBase64String(bytes);
        }

        var typed = new ValueMap { ["__type"] = kind == BotKind.Parser ? "Report" : "Event" };
        foreach (var (key, value) in map)
        {
            typed[key] = value;
        }

        return Encoding.UTF8.GetBytes(JsonText.Compact(Value.Of(typed)));
    }

    private static byte[] Content(ValueMap file) =>
        file["base64"].AsText() is { } base64 ? Convert.FromBase64String(base64) : Encoding.UTF8.GetBytes(file["text"].AsText()!);

    private static string Placed(string text, (string Files, string Scratch) places) =>
        text.Replace("{files}", places.Files, StringComparison.Ordinal).Replace("{tmp}", places.Scratch, StringComparison.Ordinal);

    private static Value Placed(Value value, (string Files, string Scratch) places)
    {
        if (value.AsMap() is { } map)
        {
            var placed = new ValueMap();
            foreach (var (key, item) in map)
            {
                placed[key] = Placed(item, places);
            }

            return Value.Of(placed);
        }

        return value.Kind switch
        {
            ValueKind.Text => Placed(value.AsText()!, places),
            ValueKind.List => Value.Of(value.AsList().Select(item => Placed(item, places))),
            _ => value,
        };
    }

    private sealed class NoNetwork : IHttpClients, IDnsResolver
    {
        public HttpClient For(BotParameters parameters, HttpCredentials? credentials = null) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<System.Net.IPAddress>> AddressesAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<string>> NamesAsync(System.Net.IPAddress address, CancellationToken cancellation) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no network.");
    }
}
