// Runs the invocations of one bot instance.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime;

/// <summary>
/// One bot instance at work: frames in, frames out. Identical under every host. One invocation at a time.
/// </summary>
public sealed class BotRunner : IAsyncDisposable
{
    private readonly Bot _bot;
    private readonly FrameOutbox _outbox;
    private readonly FailedMessages _failed;
    private readonly EnvelopeReader _reader;
    private readonly IClaimCheckStore _claims;
    private readonly List<TakenMessage> _taken = [];
    private readonly InvocationWatch _watch;
    private readonly IInvocationStep _step;

    private BotRunner(Bot bot, BotSettings settings, BotContext context, IClaimCheckStore claims)
    {
        _bot = bot;
        Settings = settings;
        Context = context;
        _claims = claims;
        _watch = new InvocationWatch(settings, context.Clock);
        Hooks = new HookRunner(settings.BotId, settings.Hooks, context.Log);
        _outbox = new FrameOutbox(settings, bot.CommonParameters.LoadBalance, Hooks);
        _failed = new FailedMessages(settings, bot.CommonParameters, context, _outbox, Hooks);
        _reader = new EnvelopeReader(context.Fields, usesEventsAgain: true);
        _step = bot switch
        {
            ParserBot parser => new ParserStep(parser, settings, context, claims, _outbox, _failed, Hooks),
            EventExpertBot expert => new EventExpertStep(expert, _outbox, _failed, Hooks),
            BatchExpertBot expert => new BatchStep(expert.ProcessAsync, isOutput: false, context, _outbox, _failed, _reader, Hooks),
            OutputBot output => new BatchStep((batch, _, cancellation) => output.WriteAsync(batch, cancellation), isOutput: true, context, _outbox, _failed, _reader, Hooks, settings.MayComeTwice ? new Receipts(context.State) : null),
            _ => new NoStep(settings),
        };
    }

    /// <summary>The bot instance's settings.</summary>
    public BotSettings Settings { get; }

    /// <summary>The bot's services.</summary>
    public BotContext Context { get; }

    /// <summary>The bot's hooks.</summary>
    public HookRunner Hooks { get; }

    /// <summary>The bot's parameters.</summary>
    public BotParameters Parameters => _bot.CommonParameters;

    /// <summary>The bot's kind.</summary>
    public BotKind Kind => _bot.Kind;

    /// <summary>Starts a bot instance.</summary>
    /// <exception cref="BotConfigurationException">The bot cannot work with its configuration.</exception>
    public static async Task<BotRunner> StartAsync(
        Bot bot, BotParameters parameters, BotSettings settings, BotContext context, IClaimCheckStore claims, CancellationToken cancellation)
    {
        await bot.StartAsync(context, parameters, cancellation);
        var runner = new BotRunner(bot, settings, context, claims);
        runner.Hooks.Call(HookPhase.Starting);
        return runner;
    }

    /// <summary>
    /// One invocation. What it gives back must be made durable before the deliveries are acknowledged; with a
    /// <see cref="InvocationResult.StopReason"/> nothing of it counts and the deliveries stay in the queue.
    /// The frames are valid until the next invocation.
    /// </summary>
    public async Task<InvocationResult> InvokeAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellation)
    {
        var result = new InvocationResult();
        var hookErrors = Hooks.Errors;
        _outbox.Clear();
        _taken.Clear();
        _reader.UseEventsAgain();
        _failed.Clear();
        _watch.Begin();
        foreach (var delivery in deliveries)
        {
            result.Counts.Retries += delivery.IsRepeated ? 1 : 0;
            Take(delivery, result);
        }

        _watch.Take(_taken);
        _outbox.TraceParent = _watch.TraceParent;
        try
        {
            await _step.RunAsync(_taken, result, cancellation);
        }
        catch (Exception error)
        {
            _watch.Fail(error.Message, error.GetType().FullName!);
            throw;
        }

        _failed.Finish(result);
        result.Frames.AddRange(_outbox.Frames());
        result.Counts.Out += _outbox.Sent;
        result.Counts.HookErrors = Hooks.Errors - hookErrors;
        if (result.StopReason is { } reason)
        {
            _watch.Fail(reason, "stopped");
        }

        return result;
    }

    /// <summary>Runs a collector once; every report is handed to <paramref name="queue"/> before the next one is fetched.</summary>
    public async Task<InvocationCounts> CollectAsync(CollectorRun run, ICollectedReports queue, CancellationToken cancellation)
    {
        var counts = new InvocationCounts();
        _watch.Begin();
        _watch.Collect(run.Occurrence);
        _outbox.TraceParent = _watch.TraceParent;
        try
        {
            await new CollectorStep((CollectorBot)_bot, Settings, Context, _claims, _outbox, _failed, Hooks).RunAsync(run, queue, counts, cancellation);
        }
        catch (Exception error)
        {
            // What was queued before the error stays queued.
            _watch.Fail(error.Message, error.GetType().FullName!, counts);
            throw;
        }

        _watch.Done(counts, [(Paths.Default, counts.Out)], failure: null);
        return counts;
    }

    /// <summary>Tells that what came of the invocation is durable; until then it counts as nothing.</summary>
    public void TellSent(InvocationResult result)
    {
        _watch.Done(result.Counts, _outbox.SentByPath(), result.Failure);
        Hooks.Call(HookPhase.Sent, count: result.Counts.Out);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _watch.Abandon();
        await _bot.StopAsync(CancellationToken.None);
    }

    private void Take(Delivery delivery, InvocationResult result)
    {
        var (start, index) = (delivery.Start, 0);
        for (; Frame.NextLine(delivery.Buffer.AsSpan(0, delivery.Start + delivery.Length), ref start, out var length); start += length + 1, index++)
        {
            result.Counts.In++;
            try
            {
                var message = _reader.Read(delivery.Buffer, start, length, _bot.Kind == BotKind.Parser ? MessageKinds.Report : MessageKinds.Event);
                if (message.Meta.Id == Guid.Empty)
                {
                    message.Meta.Id = MessageId.Foreign(Settings.Instance, Settings.SourceQueue ?? "", delivery.TransportId, index);
                }

                if (Hooks.Wants(HookPhase.MessageReceived))
                {
                    var call = Hooks.Call(HookPhase.MessageReceived, message)!;
                    if (call.Cancel)
                    {
                        result.Counts.Dropped++;
                        continue;
                    }

                    message = call.Message ?? message;
                }

                _taken.Add(new TakenMessage(message, delivery, start, length));
            }
#pragma warning disable CA1031 // Whatever is wrong with one message must not stop the others.
            catch (Exception error)
#pragma warning restore CA1031
            {
                var id = MessageId.Foreign(Settings.Instance, Settings.SourceQueue ?? "", delivery.TransportId, index);
                _failed.Unreadable(result, id, delivery.Buffer.AsSpan(start, length), error);
            }
        }
    }

    private sealed class NoStep(BotSettings settings) : IInvocationStep
    {
        public Task RunAsync(IReadOnlyList<TakenMessage> taken, InvocationResult result, CancellationToken cancellation) =>
            throw new InvalidOperationException($"The bot '{settings.BotId}' is a collector and takes no messages.");
    }
}

/// <summary>A message and where it stood in its frame.</summary>
internal readonly record struct TakenMessage(Message Message, Delivery Delivery, int Start, int Length)
{
    /// <summary>The message as it came.</summary>
    public ReadOnlySpan<byte> Line => Delivery.Buffer.AsSpan(Start, Length);
}

/// <summary>The part of an invocation that differs between the kinds of bot.</summary>
internal interface IInvocationStep
{
    Task RunAsync(IReadOnlyList<TakenMessage> taken, InvocationResult result, CancellationToken cancellation);
}
