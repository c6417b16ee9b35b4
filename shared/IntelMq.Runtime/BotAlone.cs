// Runs one bot without a pipeline: for `intelmq bot`, for tests and for trying things out.
using System.Runtime.CompilerServices;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime;

/// <summary>What a bot made of a message: a message on a path, or a dead letter.</summary>
/// <param name="Path">The path; null for a dead letter.</param>
/// <param name="Message">The message; of a dead letter the message that failed, null where it could not be read.</param>
/// <param name="Error">What went wrong; null where nothing did.</param>
/// <param name="Original">The text of a message that could not be read.</param>
public sealed record BotResult(string? Path, Message? Message, string? Error = null, string? Original = null);

/// <summary>
/// One bot, run through the same invocation as in a pipeline. Every path leads somewhere; a message that would wait for another attempt
/// counts as failed at once.
/// </summary>
public sealed class BotAlone : IAsyncDisposable
{
    private readonly BotRunner _runner;
    private readonly EnvelopeReader _reader;
    private readonly ByteBuffer _frame = new();
    private long _messages;

    private BotAlone(BotRunner runner)
    {
        _runner = runner;
        _reader = new EnvelopeReader(runner.Context.Fields);
    }

    /// <summary>Starts a bot.</summary>
    /// <exception cref="BotConfigurationException">The bot cannot work with its configuration.</exception>
    public static async Task<BotAlone> StartAsync(
        Bot bot, string module, BotParameters parameters, BotContext context, IClaimCheckStore claims, CancellationToken cancellation, IReadOnlyList<IBotHook>? hooks = null)
    {
        var settings = new BotSettings
        {
            BotId = context.BotId,
            Module = module,
            Instance = MessageId.Version5(Guid.Empty, Encoding.UTF8.GetBytes("intelmq-alone")),
            SourceQueue = context.BotId + "-queue",
            EveryPathLeads = true,
            Hooks = hooks ?? [],

            // One record per invocation: so the results come in the order of the records.
            ParserBudget = 1,
        };
        return new BotAlone(await BotRunner.StartAsync(bot, parameters with { ErrorMaxRetries = 0 }, settings, context, claims, cancellation));
    }

    /// <summary>Gives the bot one message, as an object.</summary>
    public Task<IReadOnlyList<BotResult>> ProcessAsync(Message message, CancellationToken cancellation)
    {
        _frame.CutBack(0);
        EnvelopeWriter.Write(_frame, message);
        return ProcessAsync(_frame.Written.ToArray(), cancellation);
    }

    /// <summary>Gives the bot one message, as JSON: an envelope or a flat message.</summary>
    public async Task<IReadOnlyList<BotResult>> ProcessAsync(byte[] json, CancellationToken cancellation)
    {
        var results = new List<BotResult>();
        var id = $"message-{_messages++}";
        for (var next = json; next is not null;)
        {
            var result = await _runner.InvokeAsync([new Delivery(id, next, next.Length)], cancellation);
            if (result.StopReason is { } reason)
            {
                throw new BotConfigurationException(reason);
            }

            results.AddRange(result.DeadLetters.Select(letter => Failed(Encoding.UTF8.GetBytes(letter.Message), letter.Error)));
            foreach (var parked in result.Parked)
            {
                results.AddRange(Messages(parked.Bytes).Select(message => new BotResult(null, message, "Something outside is down; in a pipeline the message would wait.")));
            }

            foreach (var frame in result.Frames)
            {
                results.AddRange(Messages(frame.Bytes).Select(message => new BotResult(frame.Queue, message)));
            }

            next = result.Continuations is [var rest, ..] ? rest.Bytes.ToArray() : null;
        }

        return results;
    }

    /// <summary>Runs a collector once and gives its reports with their raw data, and the messages that others have formed; then what is none.</summary>
    public async IAsyncEnumerable<BotResult> CollectAsync(IClaimCheckStore claims, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reports = new Gathered();
        var now = _runner.Context.Clock.GetUtcNow();
        await _runner.CollectAsync(new CollectorRun(now.ToString("O", System.Globalization.CultureInfo.InvariantCulture), now), reports, cancellation);
        foreach (var frame in reports.Frames)
        {
            var message = _reader.Read(frame);
            if (message is Report report && report.Meta.ClaimCheck is { } claim)
            {
                await using var stream = await claims.OpenReadAsync(claim, cancellation);
                var bytes = new byte[claim.Length];
                await stream.ReadExactlyAsync(bytes, cancellation);
                report.SetRaw(bytes);
                report.Meta.ClaimCheck = null;
            }

            yield return new BotResult(Paths.Default, message);
        }

        foreach (var letter in reports.DeadLetters)
        {
            yield return Failed(Encoding.UTF8.GetBytes(letter.Message), letter.Error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _runner.DisposeAsync();

    private BotResult Failed(byte[] message, string error)
    {
        try
        {
            return new BotResult(null, _reader.Read(message, MessageKinds.Event), error);
        }
        catch (DataFormatException)
        {
            return new BotResult(null, null, error, Encoding.UTF8.GetString(message));
        }
    }

    private IEnumerable<Message> Messages(ReadOnlyMemory<byte> frame)
    {
        // A copy: the frame lives until the next invocation only.
        var bytes = frame.ToArray();
        var start = 0;
        for (; Frame.NextLine(bytes, ref start, out var length); start += length + 1)
        {
            yield return _reader.Read(bytes, start, length);
        }
    }

    private sealed class Gathered : ICollectedReports
    {
        public List<byte[]> Frames { get; } = [];

        public List<DeadLetter> DeadLetters { get; } = [];

        public ValueTask<bool> IsCollectedAsync(string occurrence, string source, CancellationToken cancellation) => ValueTask.FromResult(false);

        public ValueTask QueueAsync(string occurrence, CollectedFrames collected, CancellationToken cancellation)
        {
            DeadLetters.AddRange(collected.DeadLetters);
            foreach (var frame in collected.Frames)
            {
                var bytes = frame.Bytes.ToArray();
                var start = 0;
                for (; Frame.NextLine(bytes, ref start, out var length); start += length + 1)
                {
                    Frames.Add(bytes[start..(start + length)]);
                }
            }

            return ValueTask.CompletedTask;
        }
    }
}
