// Bots whose behaviour a test scripts.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Runtime.Tests.Functions;

/// <summary>What the bots of one test do and what they saw. Found by its name, which is a parameter of the bots.</summary>
internal sealed class Script : IDisposable
{
    private static readonly ConcurrentDictionary<string, Script> s_scripts = new(StringComparer.Ordinal);

    public Script() => s_scripts[Name] = this;

    /// <summary>The name.</summary>
    public string Name { get; } = Path.GetRandomFileName();

    /// <summary>What the collector gives: a source's name and its text.</summary>
    public List<(string Source, string Text)> Feeds { get; } = [];

    /// <summary>Called by the collector before it gives a source.</summary>
    public Action<string> Collector { get; set; } = _ => { };

    /// <summary>Called by the experts for each event.</summary>
    public Func<Event, Task> Expert { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called by single experts for each event, by the id of the bot, instead of <see cref="Expert"/>; a bad record fails alone.</summary>
    public Dictionary<string, Func<Event, Task>> Experts { get; } = new(StringComparer.Ordinal);

    /// <summary>Called by the output before it takes the events.</summary>
    public Action Output { get; set; } = () => { };

    /// <summary>The comments that the output took, in order.</summary>
    public ConcurrentQueue<string> Written { get; } = new();

    /// <summary>The events that the output took, as envelopes, in order.</summary>
    public ConcurrentQueue<string> Envelopes { get; } = new();

    public static Script Of(string name) => s_scripts[name];

    public void Dispose() => s_scripts.TryRemove(Name, out _);
}

/// <summary>Collects the feeds of the script.</summary>
[Bot("test.collectors.script.collector", "Collects what the test scripts.")]
public sealed class ScriptCollector : CollectorBot<ScriptCollector.ScriptParameters>
{
    /// <summary>The parameters.</summary>
    public sealed record ScriptParameters : CollectorParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The script.")]
        public string Script { get; init; } = "";
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (source, text) in Script.Of(Parameters.Script).Feeds)
        {
            await Task.Yield();
            Script.Of(Parameters.Script).Collector(source);
            yield return new CollectedReport
            {
                Source = source,
                Report = NewReport(),
                OpenRaw = _ => ValueTask.FromResult<Stream?>(new MemoryStream(Encoding.UTF8.GetBytes(text))),
            };
        }
    }
}

/// <summary>A line is a comment.</summary>
[Bot("test.parsers.lines.parser", "Makes an event with a comment of each line.")]
public sealed class LinesParser : LineParser<ParserParameters>
{
    /// <inheritdoc/>
    protected override LineOptions Options => new();

    /// <inheritdoc/>
    protected override IEnumerable<Event> Parse(LineRecord record, Report report, ParserSession session)
    {
        var made = NewEvent(report);
        made.Add(Fields.Comment, record.Text);
        made.Add(Fields.Raw, Value.Of(record.Bytes));
        yield return made;
    }
}

/// <summary>Does what the script says.</summary>
[Bot("test.experts.script.expert", "Does with each event what the test scripts.")]
public sealed class ScriptExpert : BatchExpertBot<ScriptExpert.ScriptParameters>
{
    /// <summary>The parameters.</summary>
    public sealed record ScriptParameters : ExpertParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The script.")]
        public string Script { get; init; } = "";
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(EventBatch batch, IOutbox outbox, CancellationToken cancellation)
    {
        foreach (var item in batch.Events)
        {
            var script = Script.Of(Parameters.Script);
            try
            {
                await script.Experts.GetValueOrDefault(Context.BotId, script.Expert)(item);
                outbox.Send(item, item);
            }
            catch (InvalidRecordException error) when (script.Experts.ContainsKey(Context.BotId))
            {
                batch.Fail(item, error);
            }
        }
    }
}

/// <summary>Keeps the comments.</summary>
[Bot("test.outputs.script.output", "Keeps what it gets.", Guarantee = OutputGuarantee.AtLeastOnceMarked)]
public sealed class ScriptOutput : OutputBot<ScriptOutput.ScriptParameters>
{
    /// <summary>The parameters.</summary>
    public sealed record ScriptParameters : OutputParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The script.")]
        public string Script { get; init; } = "";
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation)
    {
        var script = Script.Of(Parameters.Script);
        script.Output();
        foreach (var item in batch.Events)
        {
            script.Written.Enqueue(item[Fields.Comment].AsText()!);
            script.Envelopes.Enqueue(EnvelopeWriter.ToText(item));
        }

        return ValueTask.CompletedTask;
    }
}
