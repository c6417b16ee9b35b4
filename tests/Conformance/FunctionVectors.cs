// Replays vectors/utils.json: single functions of IntelMQ's library.
using System.Text;
using IntelMq.DataFormat;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Functions that belong to the data format. The others are named with the reason why they are not compared.</summary>
public sealed class FunctionVectors
{
    private const string Vectors = "vectors/utils.json";

    private static readonly Dictionary<string, string> s_notHere = new()
    {
        ["seconds_to_human"] = "spells durations in the log of the process manager, which does not exist here",
        ["parse_logline"] = "reads IntelMQ's log files; ours are JSON lines",
        ["flatten_queues"] = "belongs to the pipeline, whose tests cover it",
        ["version_smaller"] = "decides about upgrades of IntelMQ's state file",
    };

    [Fact]
    public void Functions_give_what_was_recorded()
    {
        var entries = ConformanceFolder.Entries(Vectors);
        var comparison = new Comparison(Vectors);
        foreach (var (name, reason) in s_notHere)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"not compared: {name} ({entries.Count(entry => entry["fn"].AsText() == name)} entries): {reason}");
        }

        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, name) = (entries[i], entries[i]["fn"].AsText()!);
            if (!s_notHere.ContainsKey(name))
            {
                comparison.Compare(name, i, entry["args"], "result", Outcomes.RecordedConversion(entry["result"]), Result(name, RecordedValues.Decode(entry["args"].AsList()[0])));
            }
        }

        comparison.Finish();
    }

    private static Value Result(string name, Value argument)
    {
        var text = argument.AsText() ?? "";
        var bytes = argument.AsBytes()?.ToArray() ?? Encoding.UTF8.GetBytes(text);
        var isAddress = IpNumber.TryParse(text, out var address);
        return name switch
        {
            // Whole minutes are integers to Python.
            "parse_relative" => RelativeTime.TryParseMinutes(text, out var minutes) ? (minutes % 1 == 0 ? (Value)(long)minutes : minutes) : Value.Missing,
            "base64_decode" => RawData.Decode(argument.AsText() ?? Encoding.UTF8.GetString(bytes)) is { } raw ? RawData.DecodeText(raw) : Value.Missing,
            "base64_encode" => Convert.ToBase64String(bytes),
            "IPAddress.to_int" => isAddress ? Value.Of((System.Numerics.BigInteger)address.Bits) : Value.Missing,
            "IPAddress.to_reverse" => isAddress ? address.ReverseName() : Value.Missing,
            "IPAddress.version" => isAddress ? address.Version : Value.Missing,
            "URL.to_domain_name" => Url.DomainName(text),
            _ => $"no such function here: {name}",
        };
    }
}
