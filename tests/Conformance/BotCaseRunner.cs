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
/// <param name="Results">The results, one list per input; of a collector one list for its run.</param>
public sealed record BotCaseResult(string? StartError, IReadOnlyList<IReadOnlyList<BotResult>> Results)
{
    /// <summary>The files that the bot wrote into <c>{tmp}</c>, by relative path; <c>.</c> where <c>{tmp}</c> itself is the file.</summary>
    public ValueMap Written { get; init; } = [];

    /// <summary>How many messages or records failed.</summary>
    public int Failed => Results.SelectMany(results => results).Count(result => result.Path is null);
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

    /// <summary>Parameters that say where the servers of this machine are, instead of those of the recording; of each those that the bot has.</summary>
    public IReadOnlyDictionary<string, Value> Servers { get; init; } = new Dictionary<string, Value>();

    /// <summary>Files that another process holds a lock on while the bot runs.</summary>
    public IReadOnlyList<string> Locked { get; init; } = [];

    /// <summary>Feeds recorded input to a bot, in order; a collector, which takes none, runs once.</summary>
    /// <param name="bot">The bot.</param>
    /// <param name="parameters">The recorded parameters; <c>{files}</c>, and <c>{tmp}</c> or <c>$DIR</c>, in their texts are replaced.</param>
    /// <param name="files">The recorded files by path, or missing.</param>
    /// <param name="inputs">The recorded messages; those without <c>__type</c> are of the kind that the bot takes.</param>
    public async Task<BotCaseResult> RunAsync(BotDescriptor bot, Value parameters, Value files, IReadOnlyList<Value> inputs)
    {
        var folder = Directory.CreateTempSubdirectory("conformance-");
        try
        {
            var places = new Places(folder.FullName);
            Directory.CreateDirectory(places.Files);
            foreach (var (path, content) in files.AsMap() ?? [])
            {
                var target = places.Filled(path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await File.WriteAllBytesAsync(target, Content(content.AsMap()!), TestContext.Current.CancellationToken);
            }

            // Some tests write to {tmp} itself: then it is a file.
            if (!File.Exists(places.Scratch))
            {
                Directory.CreateDirectory(places.Scratch);
            }

            var locks = Locked.Select(path => new FileStream(places.Filled(path), FileMode.Open, FileAccess.Read, FileShare.None)).ToArray();
            try
            {
                var result = await RunAsync(bot, places.Filled(parameters).AsMap() ?? [], places, inputs);
                return result with { Written = places.Written() };
            }
            finally
            {
                Array.ForEach(locks, held => held.Dispose());
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whether a bot started, by the error that it gave.</summary>
    public static Value Started(Value error) => error.Kind is ValueKind.Missing or ValueKind.Null ? "started" : "!refused";

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

    private async Task<BotCaseResult> RunAsync(BotDescriptor bot, ValueMap parameters, Places places, IReadOnlyList<Value> inputs)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var given = parameters.ToDictionary(item => item.Key, item => item.Value);
        foreach (var (key, value) in Servers.Where(server => bot.Parameters.Any(declared => declared.Key == server.Key)))
        {
            given[key] = value;
        }

        var bound = ParameterBinder.Bind(bot, given, unknownKeysAreErrors: false);
        if (bound.Parameters is null)
        {
            return new BotCaseResult(string.Join(" ", bound.Problems.Select(problem => problem.Message)), []);
        }

        var clock = new FakeTimeProvider(ConformanceFolder.Recorded);
        var state = new MemoryStateStore(clock);
        await using var store = new LocalFileStore(places.Files, places.Scratch, places.Journal, state);
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
            var claims = new FileClaimCheckStore(places.Claims);
            await using var alone = await BotAlone.StartAsync(bot.Create(), bot.Id, bound.Parameters, context, claims, cancellation);
            var results = new List<IReadOnlyList<BotResult>>();
            foreach (var input in inputs)
            {
                results.Add(await alone.ProcessAsync(Encode(input, bot.Kind), cancellation));
            }

            if (bot.Kind == BotKind.Collector)
            {
                results.Add(await CollectAsync(alone, claims, places, cancellation));
            }

            return new BotCaseResult(null, results);
        }
        catch (BotConfigurationException error)
        {
            return new BotCaseResult(error.Message, []);
        }
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

    private static async Task<IReadOnlyList<BotResult>> CollectAsync(BotAlone alone, FileClaimCheckStore claims, Places places, CancellationToken cancellation)
    {
        var results = new List<BotResult>();
        try
        {
            await foreach (var report in alone.CollectAsync(claims, cancellation))
            {
                report.Message?.Add(Fields.Feed.Url, places.Recorded(report.Message[Fields.Feed.Url].AsText() ?? ""), AddOptions.Overwrite | AddOptions.AsIs);
                results.Add(report);
            }
        }
        catch (Exception error) when (error is TransientException or InvalidRecordException)
        {
            results.Add(new BotResult(null, null, error.Message));
        }

        return results;
    }

    private sealed class NoNetwork : IHttpClients, IDnsResolver
    {
        public HttpClient For(BotParameters parameters, HttpCredentials? credentials = null) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<System.Net.IPAddress>> AddressesAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<string>> NamesAsync(System.Net.IPAddress address, CancellationToken cancellation) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no network.");
    }

    // The folders of one run, and their names in the recorded data.
    private sealed record Places(string Folder)
    {
        public string Files => Path.Combine(Folder, "files");

        public string Scratch => Path.Combine(Folder, "tmp");

        public string Journal => Path.Combine(Folder, "journal");

        public string Claims => Path.Combine(Folder, "claims");

        public string Recorded(string text) => text.Replace(Files, "{files}", StringComparison.Ordinal);

        public string Filled(string text) => text
            .Replace("{files}", Files, StringComparison.Ordinal)
            .Replace("{tmp}", Scratch, StringComparison.Ordinal)
            .Replace("$DIR", Scratch, StringComparison.Ordinal);

        public Value Filled(Value value)
        {
            if (value.AsMap() is { } map)
            {
                var filled = new ValueMap();
                foreach (var (key, item) in map)
                {
                    filled[key] = Filled(item);
                }

                return Value.Of(filled);
            }

            return value.Kind switch
            {
                ValueKind.Text => Filled(value.AsText()!),
                ValueKind.List => Value.Of(value.AsList().Select(Filled)),
                _ => value,
            };
        }

        public ValueMap Written()
        {
            var written = new ValueMap();
            var paths = File.Exists(Scratch) ? [Scratch] : Directory.GetFiles(Scratch, "*", SearchOption.AllDirectories);
            foreach (var path in paths.Order(StringComparer.Ordinal))
            {
                written[Path.GetRelativePath(Scratch, path)] = File.ReadAllText(path);
            }

            return written;
        }
    }
}
