// Bots that only these tests know: one with every type of parameter, one of each kind.
using IntelMq.DataFormat;

namespace IntelMq.Bots.Tests;

public enum Mood
{
    Calm,
    VeryLoud,
}

public record AllTypes : ExpertParameters
{
    [Parameter("A flag.")]
    public bool Flag { get; init; } = true;

    [Parameter("A whole number.", Minimum = 1, Maximum = 100)]
    public int Count { get; init; } = 7;

    [Parameter("A large whole number.")]
    public long Large { get; init; } = 5_000_000_000;

    [Parameter("A number.", Minimum = 0)]
    public double Ratio { get; init; } = 0.5;

    [Parameter("A number that may be left open.")]
    public int? Limit { get; init; } = 3;

    [Parameter("A text of capitals.", Pattern = "^[A-Z]+$")]
    public string Code { get; init; } = "AB";

    [Parameter("A text that may be left open.", Alias = "old_note")]
    public string? Note { get; init; } = "none";

    [Parameter("One of several texts.", Allowed = ["GET", "POST"])]
    public string Method { get; init; } = "GET";

    [Parameter("A member.")]
    public Mood Mood { get; init; } = Mood.VeryLoud;

    [Parameter("Several texts.")]
    public IReadOnlyList<string> Names { get; init; } = ["a", "b"];

    [Parameter("Names and values.")]
    public ValueMap? Headers { get; init; }

    [Parameter("Anything.")]
    public Value Anything { get; init; } = 1;

    [Parameter("A password.", Secret = true, Pattern = "^[0-9]*$")]
    public string? Password { get; init; }

    [Parameter("A secret number.", Secret = true)]
    public int? Pin { get; init; }

    [Parameter("A former name.", Deprecated = "Use 'code'.")]
    public string? OldCode { get; init; }

    [Parameter("With a key of its own.", Key = "TTL", Path = PathUse.Read, Since = "3.0", Example = "60 | 90")]
    public string? Lifetime { get; init; }

    [Parameter("A word for HTTP.")]
    public string? HTTPProxyName { get; init; }

    // The documentation is that of the overridden property.
    public override int RateLimit { get; init; } = 42;

    [Parameter("How long, in another bot's words.", Minimum = 5)]
    public override double HttpTimeoutSec { get; init; } = 60;
}

[Bot("test.all_types.expert", "Has every type of parameter.", Paths = ["loud"], Reads = ["comment"], Unverified = "Everything.")]
public sealed class AllTypesBot : EventExpertBot<AllTypes>
{
    public override void Process(Event input, IOutbox outbox) => outbox.Send(input, input);
}

public sealed record DemandingParameters : OutputParameters
{
    [Parameter("Where to.", Required = true)]
    public string Target { get; init; } = "";

    [Parameter("The smallest size.")]
    public int Smallest { get; init; } = 1;

    [Parameter("The largest size.")]
    public int Largest { get; init; } = 10;

    public override IEnumerable<string> Validate()
    {
        if (Smallest > Largest)
        {
            yield return $"'smallest' ({Smallest}) is larger than 'largest' ({Largest}).";
        }
    }
}

[Bot("test.demanding.output", "Wants a target.", Guarantee = OutputGuarantee.Exact)]
public sealed class DemandingOutput : OutputBot<DemandingParameters>
{
    public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation) => ValueTask.CompletedTask;
}

[Bot("test.empty.collector", "Collects nothing.")]
public sealed class EmptyCollector : CollectorBot<CollectorParameters>
{
    public override async IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield break;
    }
}

public sealed class QuietHook : IBotHook
{
    public HookKind Kind => HookKind.Observe;

    public IReadOnlySet<HookPhase> Phases { get; } = new HashSet<HookPhase>();

    public void On(HookPhase phase, HookCall call)
    {
    }
}

internal static class TestCatalogue
{
    public static BotCatalogue Catalogue { get; } = BotCatalogue.Scan([typeof(AllTypesBot).Assembly]);

    public static BotDescriptor AllTypes { get; } = BotDescriptor.Of(typeof(AllTypesBot));

    public static BotDescriptor Demanding { get; } = BotDescriptor.Of(typeof(DemandingOutput));
}
