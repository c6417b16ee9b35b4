// Replays vectors/fields.json: every field with many values.
using IntelMq.DataFormat;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Adding values to the fields of reports and events.</summary>
public sealed class FieldVectors
{
    private const string Vectors = "vectors/fields.json";

    [Fact]
    public void Fields_take_and_refuse_values_as_recorded()
    {
        var entries = ConformanceFolder.Entries(Vectors);
        var catalogue = FieldCatalogue.Default.With(new FakeTimeProvider(ConformanceFolder.Recorded));
        var comparison = new Comparison(Vectors);
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, field, recorded) = (entries[i], entries[i]["field"].AsText()!, entries[i]["input"]);
            var input = RecordedValues.Decode(recorded);
            var message = New(entry, catalogue);
            comparison.Compare(field, i, recorded, "add", Expected(entry["add"]), Add(message, field, input, AddOptions.RefuseUnfit));
            var stored = MessageExport.ToMap(message);
            comparison.Compare(field, i, recorded, "stored", RecordedValues.Decode(entry["stored"]), stored.Count == 0 ? Value.Missing : Value.Of(stored));
            comparison.Compare(field, i, recorded, "add unsanitised", Expected(entry["add_unsanitized"]), Add(New(entry, catalogue), field, input, AddOptions.RefuseUnfit | AddOptions.AsIs));
        }

        comparison.Finish();
    }

    private static Message New(ValueMap entry, FieldCatalogue catalogue) =>
        entry["message"].AsText() == "report" ? new Report(catalogue) : new Event(catalogue);

    private static Value Expected(Value recorded) => recorded.Kind == ValueKind.Map ? Outcomes.Recorded(recorded) : recorded;

    private static Value Add(Message message, string field, Value input, AddOptions options) => Outcomes.Of(() => message.Add(field, input, options) switch
    {
        AddResult.Added => true,
        AddResult.Refused => false,
        _ => Value.Missing,
    });
}
