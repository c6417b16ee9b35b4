// Bots for the tests of the host: they count, fail and wait as a test wants.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.FunctionsHost.Tests;

/// <summary>Collects the given texts, each as one source.</summary>
internal sealed class TextCollector(params string[] texts) : CollectorBot<CollectorParameters>
{
    /// <summary>How often raw data was opened.</summary>
    public int Opened { get; private set; }

    public override async IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            var text = texts[i];
            yield return new CollectedReport
            {
                Source = $"text-{i}",
                Report = NewReport(),
                OpenRaw = _ =>
                {
                    Opened++;
                    return ValueTask.FromResult<Stream?>(new MemoryStream(Encoding.UTF8.GetBytes(text)));
                },
            };
        }

        await Task.CompletedTask;
    }
}

/// <summary>One event per line; a line "bad" is an invalid record.</summary>
internal sealed class CommentLineParser : ParserBot<ParserParameters, LineRecord>
{
    protected override RecordReader<LineRecord> OpenRecords(Report report, Stream raw) => new SimpleLines(raw);

    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session)
    {
        if (record.Text == "bad")
        {
            throw new InvalidRecordException("The line is bad.");
        }

        var made = NewEvent(report);
        made[Fields.Comment] = record.Text;
        yield return made;
    }
}

/// <summary>Sends every event on.</summary>
internal sealed class PassingExpert(Action<Event>? look = null) : EventExpertBot<ExpertParameters>
{
    public override void Process(Event input, IOutbox outbox)
    {
        look?.Invoke(input);
        outbox.Send(input, input);
    }
}

/// <summary>Keeps the comments it was given; fails as long as the test wants.</summary>
internal sealed class KeepingOutput(ConcurrentBag<string> kept, Func<Exception?>? failure = null) : OutputBot<OutputParameters>
{
    public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation)
    {
        if (failure?.Invoke() is { } error)
        {
            throw error;
        }

        foreach (var item in batch.Events)
        {
            kept.Add(item[Fields.Comment].AsText()!);
        }

        return ValueTask.CompletedTask;
    }
}
