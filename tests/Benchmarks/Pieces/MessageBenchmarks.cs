// What is done with single events.
using System.Text;
using BenchmarkDotNet.Attributes;
using IntelMq.DataFormat;

namespace IntelMq.Benchmarks;

/// <summary>Reading, writing, hashing and filling the event of the benchmark's pipeline: twenty-five fields, with raw and feed.</summary>
public class MessageBenchmarks
{
    private readonly EnvelopeReader _reader = new(FieldCatalogue.Default);
    private readonly ByteBuffer _buffer = new();
    private readonly Event _event = new();
    private readonly MessageMeta _meta = new();
    private byte[] _envelope = [];
    private byte[] _flat = [];

    /// <summary>The cells of a row of the benchmark.</summary>
    internal static string[] Cells { get; } =
    [
        "2024-01-01T00:00:01+00:00", "192.0.2.17", "40213", "64496", "EXAMPLE-AS Example Networks GmbH", "AT", "192.0.2.0/24",
        "http://www17.example.com:8080/login/x.php?id=4711", "rdns4711.isp3.example.net", "tcp", "http", "phishing", "ident-17", "mirai", "198.51.100.7",
        "443", "Seen 17 times, last by sensor s3", "tag3;x", "high", "SSH-2.0-OpenSSH_7.4",
    ];

    /// <summary>Identity and way of a message.</summary>
    internal static MessageMeta Meta =>
        new() { Id = MessageId.Version5(Guid.Empty, "a"u8), Parent = MessageId.Version5(Guid.Empty, "b"u8), Path = ["collector", "parser"] };

    /// <summary>Makes an event as the benchmark's parser makes it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Fill(_event);
        _event[Fields.Feed.Name] = "Bench Feed";
        _event[Fields.Feed.Accuracy] = 100.0;
        _event[Fields.Time.Observation] = "2024-01-01T00:00:00+00:00";
        _event.SetRaw(Encoding.UTF8.GetBytes(string.Join(',', Cells)));
        _event.Meta = Meta;
        _envelope = Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(_event));
        _flat = Encoding.UTF8.GetBytes(FlatMessage.ToText(_event));
    }

    /// <summary>Reads an envelope.</summary>
    [Benchmark(Description = "read the pipeline's event")]
    public Message ReadEnvelope() => _reader.Read(_envelope, 0, _envelope.Length);

    /// <summary>Reads an envelope, looks at one field and writes it again.</summary>
    [Benchmark(Description = "one hop of the pipeline's event: read, look at a field, write (budget 3 µs)")]
    public int OneHop()
    {
        var message = _reader.Read(_envelope, 0, _envelope.Length);
        _buffer.CutBack(0);
        message.Meta.PassTo(_meta, "taxonomy", message.Meta.Id);
        EnvelopeWriter.Write(_buffer, message, _meta);
        return message[Fields.Classification.Type].TextEquals("spam") ? 0 : _buffer.Length;
    }

    /// <summary>Reads a flat message of IntelMQ: every value is checked.</summary>
    [Benchmark(Description = "read a flat message of IntelMQ, every value checked")]
    public Message ReadFlat() => _reader.Read(_flat, 0, _flat.Length);

    /// <summary>The deduplicator's hash.</summary>
    [Benchmark(Description = "read and hash as the deduplicator does")]
    public byte[] Hash() => MessageHash.Compute(_reader.Read(_envelope, 0, _envelope.Length));

    /// <summary>The line of the file output.</summary>
    [Benchmark(Description = "read and write as the file output does")]
    public int ExportLine()
    {
        _buffer.CutBack(0);
        MessageExport.WriteJson(_buffer, _reader.Read(_envelope, 0, _envelope.Length), new ExportForm(WithoutRaw: true));
        return _buffer.Length;
    }

    /// <summary>Fills an event from the texts of a CSV row, with sanitation and validation.</summary>
    [Benchmark(Description = "fill twenty fields from texts, with sanitation and validation")]
    public Event AddTwentyFields()
    {
        var made = new Event();
        Fill(made);
        return made;
    }

    private static void Fill(Event made)
    {
        for (var i = 0; i < Cells.Length; i++)
        {
            made.Add(BenchmarkInput.Columns[i], Cells[i]);
        }
    }
}
