// What an estimate assumes, with where each number comes from. The data is in assumptions.tsv.
using System.Globalization;
using IntelMq.Pipeline.Checks;

namespace IntelMq.Pipeline;

/// <summary>A number that an estimate is made with.</summary>
/// <param name="Id">The name in <c>assumptions.tsv</c>.</param>
/// <param name="Value">The number, in the unit that the sentence names.</param>
/// <param name="Kind"><c>measured</c>, <c>documented</c> or <c>assumed</c>.</param>
/// <param name="Where">The plans and transports with which it matters, as in the file; empty for all.</param>
/// <param name="Text">A sentence with <c>{0}</c> where the number stands.</param>
/// <param name="Source">Where it was measured or is documented; why it was chosen where it is assumed.</param>
public sealed record Assumption(string Id, double Value, string Kind, string Where, string Text, string Source)
{
    /// <summary>Whether it matters for an estimate.</summary>
    /// <param name="words">The plan and the transports of the estimate; <c>entries</c> where events come from outside the pipeline.</param>
    internal bool Matters(IReadOnlyCollection<string> words) => Where.Length == 0 || Where.Split(',').Any(all => all.Split('+').All(words.Contains));

    /// <summary>The sentence with its number and where it comes from.</summary>
    public string Sentence(double? given = null)
    {
        var text = string.Format(CultureInfo.InvariantCulture, Text, (given ?? Value).ToString("#,0.########", CultureInfo.InvariantCulture));
        return given is null ? $"{text} ({Kind}: {Source})." : $"{text} (given).";
    }
}

/// <summary>The numbers that every estimate is made with.</summary>
public static class CostAssumptions
{
    private static readonly Dictionary<string, Assumption> s_rows = DataFile.Lines("assumptions.tsv")
        .Select(line => line.Split('\t'))
        .Select(parts => new Assumption(parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], parts[3], parts[4], parts[5]))
        .ToDictionary(row => row.Id, StringComparer.Ordinal);

    /// <summary>All of them, in the order of the file.</summary>
    public static IReadOnlyList<Assumption> All { get; } = [.. s_rows.Values];

    // What comes in, and how it travels.
    internal static Assumption EventBytes { get; } = s_rows["event-bytes"];
    internal static Assumption RawBytes { get; } = s_rows["raw-bytes"];
    internal static Assumption TextShare { get; } = s_rows["text-share"];
    internal static Assumption FrameFill { get; } = s_rows["frame-fill"];
    internal static Assumption PeakFactor { get; } = s_rows["peak-factor"];
    internal static Assumption EntriesPerDay { get; } = s_rows["entries-per-day"];
    internal static Assumption DaysPerMonth { get; } = s_rows["days-per-month"];

    // What an execution takes: CPU seconds of the machine that was measured on, seconds of waiting.
    internal static Assumption CallCpu { get; } = s_rows["call-cpu"];
    internal static Assumption CallCpuPerKib { get; } = s_rows["call-cpu-kib"];
    internal static Assumption FrameCpu { get; } = s_rows["frame-cpu"];
    internal static Assumption LargeFrameCpu { get; } = s_rows["large-frame-cpu"];
    internal static Assumption ParserCpu { get; } = s_rows["parser-cpu"];
    internal static Assumption ExpertCpu { get; } = s_rows["expert-cpu"];
    internal static Assumption StateExpertCpu { get; } = s_rows["state-expert-cpu"];
    internal static Assumption OutputCpu { get; } = s_rows["output-cpu"];
    internal static Assumption Slowdown { get; } = s_rows["vcpu-slowdown"];
    internal static Assumption CallWait { get; } = s_rows["call-wait"];
    internal static Assumption StateWait { get; } = s_rows["state-wait"];
    internal static Assumption FetchWait { get; } = s_rows["fetch-wait"];
    internal static Assumption Utilisation { get; } = s_rows["utilisation"];

    // How Azure counts.
    internal static Assumption LeastBilled { get; } = s_rows["least-billed"];
    internal static Assumption BilledStep { get; } = s_rows["billed-step"];
    internal static Assumption IdleTime { get; } = s_rows["idle-time"];
    internal static Assumption PollEvery { get; } = s_rows["poll-every"];
    internal static Assumption LookEvery { get; } = s_rows["look-every"];
    internal static Assumption ReceiveEvery { get; } = s_rows["receive-every"];
    internal static Assumption LeaseEvery { get; } = s_rows["lease-every"];
    internal static Assumption MessageUnit { get; } = s_rows["message-unit"];
    internal static Assumption ThroughputUnit { get; } = s_rows["throughput-unit"];
    internal static Assumption ProcessingUnit { get; } = s_rows["processing-unit"];
    internal static Assumption PremiumMemory { get; } = s_rows["premium-memory"];
    internal static Assumption ContainerCpu { get; } = s_rows["container-cpu"];
    internal static Assumption ContainerMemory { get; } = s_rows["container-memory"];
    internal static Assumption AppInstances { get; } = s_rows["app-instances"];
    internal static Assumption DedicatedInstances { get; } = s_rows["dedicated-instances"];

    // What is kept.
    internal static Assumption StateRowBytes { get; } = s_rows["state-row-bytes"];
    internal static Assumption ReceiptDays { get; } = s_rows["receipt-days"];
    internal static Assumption RawDays { get; } = s_rows["raw-days"];
    internal static Assumption LogBytes { get; } = s_rows["log-bytes"];
}
