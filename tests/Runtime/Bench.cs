// Sets a bot up for one invocation after another.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Runtime.Tests;

/// <summary>A bot on the bench: with memory, a driven clock and a folder of its own.</summary>
internal sealed class Bench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-runtime-").FullName;
    private int _deliveries;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.Zero };

    public FileClaimCheckStore Claims => new(Path.Combine(_folder, "claims"));

    public BotSettings Settings { get; set; } = new()
    {
        BotId = "bot",
        Module = "test.bot",
        Instance = MessageId.Version5(Guid.Empty, "test"u8),
        SourceQueue = "bot-queue",
        Destinations = new Dictionary<string, IReadOnlyList<string>> { [Paths.Default] = ["next-queue"] },
    };

    public Task<BotRunner> StartAsync(Bot bot, BotParameters parameters)
    {
        var state = new MemoryStateStore(Clock);
        var context = new BotContext
        {
            BotId = Settings.BotId,
            Clock = Clock,
            Log = NullLogger.Instance,
            State = state,
            Files = new LocalFileStore(_folder, _folder, Path.Combine(_folder, "journal"), state),
            Http = new HttpClients(Clock),
            Dns = new DnsResolver(),
        };
        return BotRunner.StartAsync(bot, parameters, Settings, context, Claims, TestContext.Current.CancellationToken);
    }

    /// <summary>A delivery of messages, as the queue would give it.</summary>
    public Delivery Deliver(params Message[] messages) => DeliverText(string.Concat(messages.Select(message => EnvelopeWriter.ToText(message) + "\n")));

    /// <summary>A delivery of any text.</summary>
    public Delivery DeliverText(string frame, int attempt = 0, DateTimeOffset? firstTried = null)
    {
        var bytes = Encoding.UTF8.GetBytes(frame);
        return new Delivery($"delivery-{_deliveries++}", bytes, bytes.Length, attempt, firstTried);
    }

    /// <summary>An event with an id and a comment.</summary>
    public static Event EventWith(string comment)
    {
        var made = new Event();
        made[Fields.Comment] = comment;
        made.Meta.Id = MessageId.Version5(Guid.Empty, Encoding.UTF8.GetBytes(comment));
        return made;
    }

    /// <summary>The messages of the frames of a queue (of all queues where none is named).</summary>
    public static List<Message> Sent(InvocationResult result, string? queue = null) =>
        result.Frames.Where(frame => queue is null || frame.Queue == queue).SelectMany(frame => Messages(frame.Bytes)).ToList();

    public static IEnumerable<Message> Messages(ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.ToArray();
        var reader = new EnvelopeReader(FieldCatalogue.Default);
        for (var start = 0; Frame.NextLine(bytes, ref start, out var length); start += length + 1)
        {
            yield return reader.Read(bytes, start, length);
        }
    }

    public static string[] Comments(IEnumerable<Message> messages) => messages.Select(message => message[Fields.Comment].ToString()).ToArray();

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
