// The function of a collector.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// Runs a collector at its times. A report is durable in the park store before the next one is fetched; it travels with the answer too, and
/// whoever gets it removes the entry. What the answer could not carry, or a crash took from it, is sent by the park function: at once when the run is
/// asked for again, else when the entry's lease ends.
/// </summary>
internal sealed class CollectFunction(CompiledFunction function, BotPool pool, FrameTexts texts, FunctionServices services, AppNotes notes)
{
    /// <summary>An answer holds at most so many characters; further reports come with the park function.</summary>
    private const long LargestAnswer = 4 * 1024 * 1024;

    // Notes outlive the longest time between a crash and the next run that a schedule of one month makes.
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(40);

    private readonly ILogger _log = services.Logs.CreateLogger(pool.Settings.BotId);

    private string BotId => pool.Settings.BotId;

    public async Task<FunctionAnswer> CallAsync(FunctionCall call, CancellationToken cancellation)
    {
        var answer = new FunctionAnswer();
        try
        {
            await pool.UseAsync(bot => RunAsync(bot, call.Occurrence ?? Due(), answer, cancellation), cancellation);
        }
        catch (BotConfigurationException error)
        {
            _log.LogError("{Bot} cannot run: {Error}", BotId, error.Message);
            answer.StopReason = error.Message;
        }

        return answer;
    }

    // The instant of the schedule that has come last: the same for a call that is repeated.
    private string Due()
    {
        var now = services.Clock.GetUtcNow();
        var instant = pool.Instance.Schedule?.Previous(now) ?? now;
        return instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    private async Task RunAsync(PooledBot bot, string asked, FunctionAnswer answer, CancellationToken cancellation)
    {
        // A run that was interrupted is completed under its own name, instead of beginning a new one.
        var open = await NoteAsync("open", cancellation);
        var occurrence = open ?? asked;
        var isDone = await NoteAsync("done", cancellation) == occurrence;
        var sent = new SentNotes(BotId, occurrence, notes);
        if (isDone || open is not null)
        {
            // Its last call gave no answer, or nobody got it: nobody asks again for a run that ended well.
            await sent.ReleaseAsync(services, cancellation);
        }

        if (isDone)
        {
            await notes.RemoveAsync([Key("open")], cancellation);
            return;
        }

        await PutAsync("open", occurrence, cancellation);
        var reports = new Reports(this, answer, sent, notes, texts, function, services);
        try
        {
            answer.Counts.Add(await bot.Runner.CollectAsync(new CollectorRun(occurrence, services.Clock.GetUtcNow()), reports, cancellation));
        }
        catch (Exception error) when (error is TransientException or InvalidRecordException)
        {
            // The feed is fetched again at the next time, under the same name: what was queued is not queued again.
            _log.LogWarning("{Bot}: {Error} The run goes on at the next time.", BotId, error.Message);
            answer.Failure = error.Message;
            await bot.CommitAsync(cancellation);
            await sent.ForgetAsync(cancellation);
            return;
        }

        // In this order: a crash between the two asks for the same run again, which finds that it is done.
        await bot.CommitAsync(cancellation);
        await PutAsync("done", occurrence, cancellation);
        await notes.RemoveAsync([Key("open")], cancellation);
    }

    private async Task<string?> NoteAsync(string name, CancellationToken cancellation) =>
        await notes.GetAsync(Key(name), cancellation) is { } value ? Encoding.UTF8.GetString(value) : null;

    private byte[] Key(string name) => Encoding.UTF8.GetBytes($"{BotId}|{name}");

    private ValueTask PutAsync(string name, string value, CancellationToken cancellation) =>
        notes.PutAsync([new StateItem(Key(name), Encoding.UTF8.GetBytes(value))], s_kept, cancellation);

    /// <summary>Queues the reports of one run.</summary>
    private sealed class Reports(
        CollectFunction collect, FunctionAnswer answer, SentNotes sent, AppNotes notes, FrameTexts texts, CompiledFunction function, FunctionServices services) : ICollectedReports
    {
        public async ValueTask<bool> IsCollectedAsync(string occurrence, string source, CancellationToken cancellation) =>
            await notes.GetAsync(SourceKey(occurrence, source), cancellation) is not null;

        public async ValueTask QueueAsync(string occurrence, CollectedFrames collected, CancellationToken cancellation)
        {
            // What is collected of one source stays in order, run after run.
            var key = $"{collect.BotId}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(collected.Source)))[..16]}";
            foreach (var frame in collected.Frames)
            {
                await QueueAsync($"{occurrence}|{collected.Source}", key, frame, cancellation);
            }

            if (collected.DeadLetters.Count > 0)
            {
                await services.DeadLetters.AddAsync(collected.DeadLetters, cancellation);
            }

            await notes.PutAsync([new StateItem(SourceKey(occurrence, collected.Source), [1]), .. sent.Take()], s_kept, cancellation);
        }

        private async Task QueueAsync(string round, string key, OutgoingFrame frame, CancellationToken cancellation)
        {
            var binding = FrameTexts.BindingOf(function, frame.Queue);
            foreach (var piece in texts.Cut(frame.Queue, frame.Bytes))
            {
                // A run that is repeated is another trace; its entries are the same.
                var id = EntryId.Of(collect.BotId, $"{round}|{frame.Queue}", 0, CurrentTrace.Without(piece.Frame).Span);
                var header = new FrameHeader { Parked = id };
                var travels = answer.Size < LargestAnswer;
                var due = services.Clock.GetUtcNow() + (travels ? ParkFunction.Lease : TimeSpan.Zero);
                await services.Parked.AddAsync([new ParkedEntry(id, frame.Queue, piece.Frame.ToArray(), piece.Messages, due, 0, null)], cancellation);
                if (travels)
                {
                    sent.Add(id);
                    await texts.SendAsync(answer, binding, frame.Queue, piece.Frame, header, key, cancellation);
                }
            }
        }

        private byte[] SourceKey(string occurrence, string source) =>
            SHA256.HashData(Encoding.UTF8.GetBytes($"{collect.BotId}|source|{occurrence}|{source}"));
    }
}
