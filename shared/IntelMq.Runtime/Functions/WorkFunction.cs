// The function of a parser, expert or output.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// Takes frames from a queue, lets the bot work and gives back the frames for the next queues. Before it succeeds, everything that does not travel
/// with the answer is durable: dead letters, parked messages, state. Bots that are fused behind the function's own work in the same call.
/// </summary>
/// <param name="function">The function.</param>
/// <param name="chain">The function's own bot, then those that are fused behind it.</param>
/// <param name="texts">Makes texts of frames.</param>
/// <param name="services">The stores.</param>
/// <param name="suspects">Finds frames on which the process ends.</param>
internal sealed class WorkFunction(CompiledFunction function, IReadOnlyList<BotPool> chain, FrameTexts texts, FunctionServices services, Suspects suspects)
{
    // A bot that cannot work is asked again after this long; its messages wait so long.
    private static readonly TimeSpan s_stopped = TimeSpan.FromMinutes(5);

    private readonly ILogger _log = services.Logs.CreateLogger(chain[0].Settings.BotId);

    private BotSettings Settings => chain[0].Settings;

    public async Task<FunctionAnswer> CallAsync(FunctionCall call, CancellationToken cancellation)
    {
        var answer = new FunctionAnswer();
        var taken = new List<TakenFrame>();
        foreach (var text in call.Messages)
        {
            if (await TakeAsync(text, answer, cancellation) is { } frame)
            {
                taken.Add(frame);
            }
        }

        foreach (var frames in Parts(taken))
        {
            await suspects.GuardAsync(frames.ConvertAll(frame => frame.Text), () => WorkAsync(frames, answer, cancellation), cancellation);
        }

        foreach (var parked in taken.Select(frame => frame.Header.Parked).OfType<string>())
        {
            await services.Parked.RemoveAsync(parked, cancellation);
        }

        return answer;
    }

    // Frames of one key are worked on together, so that what is made of them has their key too. A frame that comes again is worked on alone: of several
    // nobody could tell on which of them the process ends.
    private static IEnumerable<List<TakenFrame>> Parts(List<TakenFrame> taken) =>
        taken.Exists(frame => frame.Delivery.ComesAgain) ? taken.Select(frame => new List<TakenFrame> { frame }) : taken.GroupBy(frame => frame.Text.Key, (_, frames) => frames.ToList());

    private async Task<TakenFrame?> TakeAsync(ReceivedText text, FunctionAnswer answer, CancellationToken cancellation)
    {
        var id = text.Id;
        try
        {
            var (header, buffer, length) = FrameText.Read(text.Text.Span);
            // Only a first delivery: one that comes again may have been handled, but its answer may have been lost on the way.
            if (text.Deliveries == 1 && header.Parked is { } parked && !await services.Parked.ContainsAsync(parked, cancellation))
            {
                _log.LogInformation("{Bot}: the frame {Parked} was handled already; this copy of it is left out.", Settings.BotId, parked);
                return null;
            }

            if (text.Deliveries > 1 && await suspects.IsGuiltyAsync(text.Text, cancellation))
            {
                if (function.GivesUpTo is { } givesUp)
                {
                    // Who reads there makes the dead letters.
                    answer.Add(givesUp, Encoding.UTF8.GetString(text.Text.Span));
                    return null;
                }

                await BuryAsync(FailedFrame.Letters(Settings, services.Clock, id, buffer.AsMemory(0, length), Suspects.Sentence), answer, cancellation);
                if (header.Parked is { } done)
                {
                    await services.Parked.RemoveAsync(done, cancellation);
                }

                return null;
            }

            if (header.Claim is { } claim)
            {
                (buffer, length) = await FetchAsync(claim, cancellation);
            }

            return new TakenFrame(text, header, new Delivery(header.Parked ?? id, buffer, length, header.Attempt, header.FirstTried, text.Deliveries > 1));
        }
        catch (Exception error) when (error is DataFormatException or InvalidRecordException)
        {
            await BuryAsync(FailedFrame.Letters(Settings, services.Clock, id, text.Text, error.Message), answer, cancellation);
            return null;
        }
    }

    private async Task<(byte[] Buffer, int Length)> FetchAsync(ClaimCheck claim, CancellationToken cancellation)
    {
        if (claim.Length > Array.MaxLength)
        {
            throw new InvalidRecordException($"The messages in '{claim.Address}' are larger than a program can hold.");
        }

        await using var stream = await services.Claims.OpenReadAsync(claim, cancellation);
        var buffer = new byte[claim.Length];
        await stream.ReadExactlyAsync(buffer, cancellation);
        return (buffer, buffer.Length);
    }

    private async Task WorkAsync(List<TakenFrame> taken, FunctionAnswer answer, CancellationToken cancellation)
    {
        using var invocation = new ChainInvocation(chain, services);
        try
        {
            // A frame that comes again may have ended the process: its bots work alone, so that it is known which of them ends it.
            await invocation.RunAsync(taken.ConvertAll(frame => frame.Delivery), taken.Exists(frame => frame.Delivery.ComesAgain), cancellation);
            if (invocation.StopReason is { } reason)
            {
                await StopAsync(taken, reason, answer, cancellation);
                return;
            }

            await KeepAsync(invocation, taken, answer, cancellation);
            invocation.Parts.ForEach(part => part.Bot.Runner.TellSent(part.Result));
        }
        catch (BotConfigurationException error)
        {
            await StopAsync(taken, error.Message, answer, cancellation);
        }
    }

    // The order matters: what was written twice is recognised, what was not written is lost.
    private async Task KeepAsync(ChainInvocation invocation, List<TakenFrame> taken, FunctionAnswer answer, CancellationToken cancellation)
    {
        var key = taken[0].Text.Key;
        foreach (var result in invocation.Parts.Select(part => part.Result))
        {
            foreach (var frame in result.Frames)
            {
                await texts.AddAsync(answer, function, frame, key, cancellation);
            }

            for (var i = 0; i < result.Continuations.Count; i++)
            {
                // The slices of a large report are worked on beside each other, and each of them is a key of its own.
                await texts.AddAsync(answer, function, result.Continuations[i], key is not null && result.Continuations.Count > 1 ? $"{key}/{i}" : key, cancellation);
            }
        }

        await BuryAsync(invocation.Parts.SelectMany(part => part.Result.DeadLetters).ToArray(), answer: null, cancellation);

        // What a bot handed over was never parked before.
        var round = string.Join(',', taken.Select(frame => frame.Header.Parked));
        var entries = invocation.Parts.SelectMany((part, i) => part.Result.Parked.SelectMany(parked => Entries(part.Pool.Settings, i == 0 ? round : "", parked)));
        await services.Parked.AddAsync(entries.ToArray(), cancellation);
        await invocation.CommitAsync(cancellation);
        answer.Counts.Add(invocation.Parts[0].Result.Counts);
        foreach (var part in invocation.Parts.Skip(1))
        {
            answer.Members.Add(new MemberCounts(part.Pool.Settings.BotId, part.Result.Counts, part.Duration));
        }
    }

    private IEnumerable<ParkedEntry> Entries(BotSettings settings, string round, ParkedFrame parked)
    {
        var queue = settings.SourceQueue!;
        foreach (var piece in texts.Cut(queue, parked.Bytes))
        {
            // The round is part of the id: the same messages parked again by a later attempt are another entry.
            var id = EntryId.Of(settings.BotId, round, parked.Attempt, piece.Frame.Span);
            yield return new ParkedEntry(id, queue, piece.Frame.ToArray(), piece.Messages, parked.Due, parked.Attempt, parked.FirstTried);
        }
    }

    // The bot waits for a person. Its messages wait in the park store: the broker would give them up after some deliveries.
    private async Task StopAsync(List<TakenFrame> taken, string reason, FunctionAnswer answer, CancellationToken cancellation)
    {
        _log.LogError("{Bot} takes no more work: {Reason}. Its messages are tried again every {Pause}.", Settings.BotId, reason, s_stopped);
        answer.StopReason = reason;
        var due = services.Clock.GetUtcNow() + s_stopped;
        foreach (var frame in taken)
        {
            var delivery = frame.Delivery;
            var parked = new ParkedFrame(delivery.Buffer.AsMemory(0, delivery.Length), 0, due, delivery.Attempt, delivery.FirstTried ?? services.Clock.GetUtcNow());
            await services.Parked.AddAsync(Entries(Settings, frame.Header.Parked ?? frame.Text.Id, parked).ToArray(), cancellation);
        }
    }

    private async Task BuryAsync(IReadOnlyList<DeadLetter> letters, FunctionAnswer? answer, CancellationToken cancellation)
    {
        if (letters.Count > 0)
        {
            await services.DeadLetters.AddAsync(letters, cancellation);
            if (answer is not null)
            {
                var counts = new InvocationCounts { DeadLettered = letters.Count };
                answer.Counts.Add(counts);
                InvocationMetrics.Count(Settings, counts);
                _log.LogWarning("{Bot}: a frame of {Messages} messages became dead letters: {Error}", Settings.BotId, letters.Count, letters[0].Error);
            }
        }
    }

    private sealed record TakenFrame(ReceivedText Text, FrameHeader Header, Delivery Delivery);
}

/// <summary>Names entries of the park store.</summary>
internal static class EntryId
{
    /// <summary>The length of a name, which is hexadecimal, in bytes.</summary>
    public const int Bytes = 20;

    /// <summary>The name of a frame that a bot parks: the same for the same bytes in the same round and attempt.</summary>
    public static string Of(string bot, string round, int attempt, ReadOnlySpan<byte> frame)
    {
        var content = Convert.ToHexStringLower(SHA256.HashData(frame));
        var name = string.Create(CultureInfo.InvariantCulture, $"{bot}|{round}|{attempt}|{content}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, Bytes));
    }
}
