// What a trigger does with a function's answer.
using System.Diagnostics;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Transports;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Running;

/// <summary>The output bindings of one function: carries its answers and counts them. Thread-safe.</summary>
internal sealed class FunctionOutputs(CompiledFunction function, FunctionHostOptions options)
{
    private readonly Dictionary<string, CompiledQueue> _byBinding = function.Outputs.ToDictionary(
        output => output.Value, output => options.App.Queues.Single(queue => queue.Name == output.Key), StringComparer.Ordinal);

    private readonly Lock _figures = new();
    private readonly InvocationCounts _counts = new();
    private readonly Dictionary<string, (InvocationCounts Counts, TimeSpan Busy)> _members = new(StringComparer.Ordinal);
    private TimeSpan _busy;
    private long _frames;

    /// <summary>The queues that the function sends to.</summary>
    public IEnumerable<CompiledQueue> Queues => _byBinding.Values;

    /// <summary>Writes an answer, acknowledges the messages it was made of (none for timers), and counts the call.</summary>
    public async Task CarryAsync(FunctionAnswer answer, IReadOnlyList<TransportMessage> done, long started)
    {
        // No token: what was done is told to the broker, so that Ctrl-C costs nothing.
        var texts = answer.Outputs.SelectMany(output => output.Value.Select(text => For(output.Key, text))).ToArray();
        if (done.Count > 0 || texts.Length > 0)
        {
            await options.Transport.CompleteAsync(done, texts, CancellationToken.None);
        }

        lock (_figures)
        {
            _counts.Add(answer.Counts);
            _frames += texts.Length;
            _busy += Stopwatch.GetElapsedTime(started);
            foreach (var member in answer.Members)
            {
                var (counts, busy) = _members.GetValueOrDefault(member.Bot, (new InvocationCounts(), TimeSpan.Zero));
                counts.Add(member.Counts);
                _members[member.Bot] = (counts, busy + member.Duration);
                _busy -= member.Duration;
            }
        }
    }

    /// <summary>What a bot that is fused behind the function's own did in its calls, added to the figures that its own function has.</summary>
    public BotFigures AddTo(BotFigures member)
    {
        lock (_figures)
        {
            if (!_members.TryGetValue(member.BotId, out var did))
            {
                return member;
            }

            member.Counts.Add(did.Counts);
            return member with { Busy = member.Busy + did.Busy };
        }
    }

    /// <summary>The figures of the function's bot.</summary>
    public BotFigures Figures(BotState state, long depth, string? problem)
    {
        lock (_figures)
        {
            var copy = new InvocationCounts();
            copy.Add(_counts);
            return new BotFigures(function.Bot!, options.Pipeline.Find(function.Bot!)!.Descriptor.Kind, state, copy, depth, _busy, problem, _frames);
        }
    }

    private QueuedText For(string binding, string text) =>
        binding == function.GivesUpTo ? new QueuedText(options.App.Queues.Single(queue => queue.Name == function.Trigger.Queue), text, Poison: true) : new QueuedText(_byBinding[binding], text);
}
