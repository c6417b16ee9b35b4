// Replays vectors/messages.json: scripted operations on reports and events.
using IntelMq.DataFormat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Operations on messages, their hashes and the forms in which they leave.</summary>
public sealed class MessageVectors
{
    private const string Vectors = "vectors/messages.json";

    private readonly FieldCatalogue _catalogue = FieldCatalogue.Default.With(new FakeTimeProvider(ConformanceFolder.Recorded));

    [Fact]
    public void Messages_behave_as_recorded()
    {
        var entries = ConformanceFolder.Entries(Vectors);
        var comparison = new Comparison(Vectors);
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, name) = (entries[i], entries[i]["name"].AsText()!);
            void Compare(string what, Value expected, Value got, Value input = default) =>
                comparison.Compare(name, i, input.IsMissing ? name : input, what, expected, got);

            if (name.StartsWith("hash single", StringComparison.Ordinal))
            {
                var (key, value) = (entry["key"].AsText()!, RecordedValues.Decode(entry["value"]));
                Compare("repr", entry["repr"], PythonText.Repr(value), value);
                Compare("hash", Outcomes.Recorded(entry["hash"]), MessageHash.ComputeText(Holding(key, value)), value);
            }
            else if (entry["ops"].IsMissing)
            {
                var expected = entry["exception"].AsText() is { } exception ? Outcomes.RecordedReadingError(exception) : entry["result"];
                Compare("result", expected, Outcomes.Of(() => MessageScenarios.Run(name, _catalogue)));
            }
            else
            {
                Replay(entry, Compare);
            }
        }

        comparison.Finish();
    }

    private delegate void Compared(string what, Value expected, Value got, Value input = default);

    private void Replay(ValueMap entry, Compared compare)
    {
        Message message = entry["class"].AsText() == "Report" ? new Report(_catalogue) : new Event(_catalogue);
        message.Update(entry["init"].AsMap()!);
        var operations = new MessageOperations(message);
        foreach (var op in entry["ops"].AsList().Select(op => op.AsMap()!))
        {
            var call = Value.Of([op["op"], op["args"], op["kwargs"]]);
            // A field that is absent is a KeyError in Python and missing here.
            var expected = Outcomes.Recorded(op["result"]) is var recorded && recorded == "!KeyError" ? Value.Missing : recorded;
            compare("operation", expected, Outcomes.Of(() => operations.Run(op["op"].AsText()!, op["args"].AsList(), op["kwargs"].AsMap()!)), call);
        }

        compare("final", entry["final"], Value.Of(MessageExport.ToMap(message)));
        compare("serialize", Outcomes.Recorded(entry["serialize"]), FlatMessage.ToText(message));
        compare("hash", Outcomes.Recorded(entry["hash"]), MessageHash.ComputeText(message));
        compare("to_dict", Outcomes.Recorded(entry["to_dict_hier0_type0"]), Value.Of(MessageExport.ToMap(message)));
        compare("to_dict with type", Outcomes.Recorded(entry["to_dict_hier0_type1"]), Value.Of(MessageExport.ToMap(message, new ExportForm(WithType: true))));
        compare("to_dict nested", Outcomes.Recorded(entry["to_dict_hier1_type0"]), Value.Of(MessageExport.ToMap(message, new ExportForm(Hierarchical: true))));
        compare("to_dict nested with type", Outcomes.Recorded(entry["to_dict_hier1_type1"]), Value.Of(MessageExport.ToMap(message, new ExportForm(true, true))));
        compare("to_dict extra as text", Outcomes.Recorded(entry["to_dict_jsondict_as_string"]), Value.Of(MessageExport.ToMap(message, new ExportForm(ExtraAsText: true))));
        compare("to_json", Outcomes.Recorded(entry["to_json"]), MessageExport.ToJson(message));
        compare("to_json nested", Outcomes.Recorded(entry["to_json_hier"]), MessageExport.ToJson(message, new ExportForm(Hierarchical: true)));
        compare("to_json extra as text", Outcomes.Recorded(entry["to_json_jsondict_as_string"]), MessageExport.ToJson(message, new ExportForm(ExtraAsText: true)));
    }

    // Null cannot be added; it comes with a map for extra.
    private Event Holding(string key, Value value)
    {
        var message = new Event(_catalogue);
        if (key.StartsWith("extra.", StringComparison.Ordinal))
        {
            message.Add("extra", JsonText.Compact(Value.Of(new ValueMap { [key["extra.".Length..]] = value })));
        }
        else
        {
            message.Add(key, value, AddOptions.AsIs);
        }

        return message;
    }
}
