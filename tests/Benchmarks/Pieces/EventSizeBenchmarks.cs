// How a hop grows with the fields of an event.
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using IntelMq.DataFormat;

namespace IntelMq.Benchmarks;

/// <summary>
/// Reads an event, looks at one field and writes it again. The bytes allocated grow by the place of a field in the event's one array, and by nothing else.
/// </summary>
public class EventSizeBenchmarks
{
    private readonly EnvelopeReader _reader = new(FieldCatalogue.Default);
    private readonly ByteBuffer _buffer = new();
    private readonly MessageMeta _meta = new();
    private byte[] _envelope = [];

    /// <summary>The number of fields.</summary>
    [Params(5, 20, 60)]
    public int Fields { get; set; }

    /// <summary>Makes the event.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var cells = MessageBenchmarks.Cells;
        var made = new Event { Meta = MessageBenchmarks.Meta };
        for (var i = 0; i < Fields; i++)
        {
            var name = i < cells.Length ? BenchmarkInput.Columns[i] : string.Create(CultureInfo.InvariantCulture, $"extra.added_{i}");
            made.Add(name, i < cells.Length ? cells[i] : string.Create(CultureInfo.InvariantCulture, $"value {i}"));
        }

        _envelope = Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(made));
    }

    /// <summary>One hop.</summary>
    [Benchmark(Description = "one hop of an event (budget 5 µs at 20 fields)")]
    public int OneHop()
    {
        var message = _reader.Read(_envelope, 0, _envelope.Length);
        _buffer.CutBack(0);
        message.Meta.PassTo(_meta, "taxonomy", message.Meta.Id);
        EnvelopeWriter.Write(_buffer, message, _meta);
        return message[DataFormat.Fields.Source.Ip].IsMissing ? 0 : _buffer.Length;
    }
}
