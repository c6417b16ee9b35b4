// Bots that do what a test scripts.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime.Tests;

/// <summary>Does with each event what the script says.</summary>
internal sealed class ScriptedExpert(Action<Event, IOutbox> script) : EventExpertBot<ExpertParameters>
{
    public override void Process(Event input, IOutbox outbox) => script(input, outbox);
}

/// <summary>Does with each batch what the script says.</summary>
internal sealed class ScriptedBatchExpert(Action<EventBatch, IOutbox> script) : BatchExpertBot<ExpertParameters>
{
    public override ValueTask ProcessAsync(EventBatch batch, IOutbox outbox, CancellationToken cancellation)
    {
        script(batch, outbox);
        return ValueTask.CompletedTask;
    }
}

/// <summary>One event per word of the report; the word "bad" fails, "two" makes two events.</summary>
internal sealed class WordParser : ParserBot<ParserParameters, LineRecord>
{
    protected override RecordReader<LineRecord> OpenRecords(Report report, Stream raw) => new WordReader(raw);

    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session)
    {
        var word = record.Text;
        if (word == "bad")
        {
            throw new InvalidRecordException("The word is bad.");
        }

        for (var i = 0; i < (word == "two" ? 2 : 1); i++)
        {
            var made = NewEvent(report);
            made[Fields.Comment] = word;
            yield return made;
        }
    }
}

/// <summary>Words of a small report.</summary>
internal sealed class WordReader(Stream raw) : RecordReader<LineRecord>
{
    private string[] _words = [];
    private long _next;

    public override RecordPosition Next => new(0, _next);

    public override async ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        using var reader = new StreamReader(raw);
        _words = (await reader.ReadToEndAsync(cancellation)).Split(' ');
        _next = position.Index;
    }

    public override ValueTask<LineRecord?> ReadAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(_next < _words.Length ? new LineRecord { Index = _next, Bytes = System.Text.Encoding.UTF8.GetBytes(_words[_next++]) } : null);

    public override byte[] Recover(LineRecord record) => record.Bytes.ToArray();

    public override ValueTask DisposeAsync() => raw.DisposeAsync();
}

/// <summary>Calls a script at one phase.</summary>
internal sealed class ScriptedHook(HookKind kind, HookPhase phase, Action<HookCall> script) : IBotHook
{
    public HookKind Kind => kind;

    public IReadOnlySet<HookPhase> Phases { get; } = new HashSet<HookPhase> { phase };

    public void On(HookPhase at, HookCall call) => script(call);
}
