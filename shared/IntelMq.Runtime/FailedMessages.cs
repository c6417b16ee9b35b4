// Decides what becomes of messages that failed.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// Sorts failures into dead letters (bad records), parked messages (something outside is down, or attempts are left) and a stopped bot.
/// </summary>
internal sealed class FailedMessages(BotSettings settings, BotParameters parameters, BotContext context, FrameOutbox outbox, HookRunner hooks)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(15);

    // Of many failures in one invocation the log tells so many; the dead letters and parked messages hold all of them.
    private const int MostLines = 10;

    private readonly Dictionary<(int Attempt, long Due, long First), FrameWriter> _parked = [];
    private int _failures;

    /// <summary>A message that cannot even be read.</summary>
    public void Unreadable(InvocationResult result, Guid id, ReadOnlySpan<byte> line, Exception error)
    {
        Note(result, error);
        Bury(result, id, Encoding.UTF8.GetString(line), null, error, withStack: false);
    }

    /// <summary>A message whose handling failed.</summary>
    /// <param name="result">Takes what is decided.</param>
    /// <param name="delivery">The queue message it came in.</param>
    /// <param name="line">The message as it came.</param>
    /// <param name="message">The message; its values may have been changed by the bot.</param>
    /// <param name="error">What happened.</param>
    public void Failed(InvocationResult result, Delivery delivery, ReadOnlySpan<byte> line, Message message, Exception error)
    {
        hooks.Call(HookPhase.Error, message, error: error);
        Note(result, error);
        switch (error)
        {
            case BotConfigurationException:
                result.StopReason = error.Message;
                break;
            case InvalidRecordException or DataFormatException:
                Bury(result, message.Meta.Id, Encoding.UTF8.GetString(line), message, error, withStack: false);
                break;
            case TransientException transient:
                Transient(result, delivery, line, message, transient);
                break;
            default:
                Unexpected(result, delivery, line, message, error);
                break;
        }
    }

    /// <summary>A record of a report that failed: a report of its own, which can be parsed again.</summary>
    public void FailedRecord(InvocationResult result, Report report, Report recovered, long index, Exception error)
    {
        hooks.Call(HookPhase.Error, recovered, error: error);
        Note(result, error);
        recovered.Meta = new MessageMeta
        {
            Id = MessageId.Derived(settings.Instance, report.Meta.Id, settings.BotId, "_record", index),
            Parent = report.Meta.Id,
            PathValue = report.Meta.PathValue,
            TraceParent = report.Meta.TraceParent,
        };
        var expected = error is InvalidRecordException or DataFormatException;
        Bury(result, recovered.Meta.Id, EnvelopeWriter.ToText(recovered), recovered, error, withStack: !expected);
    }

    /// <summary>Forgets what an invocation left that broke off.</summary>
    public void Clear()
    {
        _parked.Clear();
        _failures = 0;
    }

    /// <summary>Moves what was parked into the result.</summary>
    public void Finish(InvocationResult result)
    {
        foreach (var ((attempt, due, first), frames) in _parked)
        {
            foreach (var (bytes, messages) in frames.Frames())
            {
                result.Parked.Add(new ParkedFrame(bytes, messages, DateTimeOffset.FromUnixTimeMilliseconds(due), attempt, DateTimeOffset.FromUnixTimeMilliseconds(first)));
                result.Counts.Parked += messages;
            }
        }

        _parked.Clear();
        if (_failures > MostLines)
        {
            context.Log.LogWarning("{Bot}: {Failures} messages failed in this invocation; the first {Told} are told.", settings.BotId, _failures, MostLines);
        }

        _failures = 0;
    }

    private bool IsTold => _failures <= MostLines;

    private void Note(InvocationResult result, Exception error)
    {
        _failures++;
        result.Failure ??= error.Message;
    }

    private void Transient(InvocationResult result, Delivery delivery, ReadOnlySpan<byte> line, Message message, TransientException error)
    {
        var now = context.Clock.GetUtcNow();
        var first = delivery.FirstTried ?? now;
        if (now - first >= TimeSpan.FromSeconds(parameters.ParkMaxAge))
        {
            Bury(result, message.Meta.Id, Encoding.UTF8.GetString(line), message, error, withStack: false);
            return;
        }

        // The pause grows with the age of the outage, not with a count: attempts are for bugs.
        var grown = TimeSpan.FromSeconds(Math.Max(parameters.ErrorRetryDelay, (now - first).TotalSeconds));
        var pause = error.RetryAfter ?? (grown < s_longestPause ? grown : s_longestPause);
        if (IsTold)
        {
            context.Log.LogWarning("{Bot}: {Error} The message {MessageId} waits for {Pause}.", settings.BotId, error.Message, message.Meta.Id, pause);
        }

        Park(line, delivery.Attempt, now + pause, first);
        result.PauseFor = pause < TimeSpan.FromSeconds(parameters.ErrorRetryDelay) ? pause : TimeSpan.FromSeconds(parameters.ErrorRetryDelay);
    }

    private void Unexpected(InvocationResult result, Delivery delivery, ReadOnlySpan<byte> line, Message message, Exception error)
    {
        if (IsTold)
        {
            context.Log.LogError(
                parameters.ErrorLogException ? error : null,
                "{Bot} failed on the message {MessageId} (attempt {Attempt} of {Attempts}): {Error}",
                settings.BotId,
                message.Meta.Id,
                delivery.Attempt + 1,
                parameters.ErrorMaxRetries + 1,
                error.Message);
        }

        if (parameters.ErrorLogMessage)
        {
            context.Log.LogError("{Bot}: the message {MessageId} was {Original}", settings.BotId, message.Meta.Id, Encoding.UTF8.GetString(line));
        }

        if (delivery.Attempt < parameters.ErrorMaxRetries)
        {
            var now = context.Clock.GetUtcNow();
            Park(line, delivery.Attempt + 1, now + TimeSpan.FromSeconds(parameters.ErrorRetryDelay), delivery.FirstTried ?? now);
            return;
        }

        if (parameters.ErrorProcedure == ErrorProcedure.Stop)
        {
            result.StopReason = $"The bot '{settings.BotId}' failed {delivery.Attempt + 1} times on one message and error_procedure is 'stop': {error.Message}";
            return;
        }

        Bury(result, message.Meta.Id, Encoding.UTF8.GetString(line), message, error, withStack: true);
    }

    private void Bury(InvocationResult result, Guid messageId, string original, Message? message, Exception error, bool withStack)
    {
        result.Counts.DeadLettered++;
        if (message is not null && outbox.Leads(Paths.OnError))
        {
            outbox.SendDerived(message, message.Meta, 0, Paths.OnError);
        }

        if (!parameters.ErrorDumpMessage)
        {
            context.Log.LogWarning("{Bot}: the message {MessageId} is lost because error_dump_message is false: {Error}", settings.BotId, messageId, error.Message);
            return;
        }

        // A collector reads no queue: what is tried again goes where the message would have gone, to each queue by a letter of its own.
        var queues = settings.SourceQueue is { } source ? [source] : settings.Destinations.GetValueOrDefault(Paths.Default) ?? [];
        var sentence = withStack ? $"{error.GetType().Name}: {error.Message}" : error.Message;
        hooks.Call(HookPhase.DeadLettering, message, error: error);
        for (var i = 0; i < (parameters.LoadBalance ? 1 : Math.Max(1, queues.Count)); i++)
        {
            var letter = new DeadLetter(
                MessageId.Derived(settings.Instance, messageId, settings.BotId, "_dead_letter", i),
                settings.BotId,
                i < queues.Count ? queues[i] : "",
                context.Clock.GetUtcNow(),
                sentence,
                withStack ? error.ToString() : null,
                settings.ParametersVersion,
                original);
            result.DeadLetters.Add(letter);
            if (IsTold)
            {
                context.Log.LogInformation("{Bot}: the message {MessageId} is now the dead letter {DeadLetterId}: {Error}", settings.BotId, messageId, letter.Id, sentence);
            }
        }
    }

    private void Park(ReadOnlySpan<byte> line, int attempt, DateTimeOffset due, DateTimeOffset first)
    {
        var key = (attempt, due.ToUnixTimeMilliseconds(), first.ToUnixTimeMilliseconds());
        if (!_parked.TryGetValue(key, out var frames))
        {
            _parked[key] = frames = new FrameWriter(settings.FrameLimit);
        }

        frames.AddLine(line);
    }
}
