// What one hop costs: reading and writing events.
using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Benchmarks;

/// <summary>Reading, writing, hashing and filling an event of twenty-five fields.</summary>
[MemoryDiagnoser]
public class MessageBenchmarks
{
    private readonly EnvelopeReader _reader = new(FieldCatalogue.Default);
    private readonly ByteBuffer _buffer = new();
    private readonly Event _event = new();
    private readonly MessageMeta _meta = new();
    private byte[] _envelope = [];
    private byte[] _flat = [];
    private string[] _cells = [];

    /// <summary>Makes an event as the benchmark's parser makes it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _cells =
        [
            "2024-01-01T00:00:01+00:00", "192.0.2.17", "40213", "64496", "EXAMPLE-AS Example Networks GmbH", "AT", "192.0.2.0/24",
            "http://www17.example.com:8080/login/x.php?id=4711", "rdns4711.isp3.example.net", "tcp", "http", "phishing", "ident-17", "mirai", "198.51.100.7",
            "443", "Seen 17 times, last by sensor s3", "tag3;x", "high", "SSH-2.0-OpenSSH_7.4",
        ];
        Fill(_event);
        _event[Fields.Feed.Name] = "Bench Feed";
        _event[Fields.Feed.Accuracy] = 100.0;
        _event[Fields.Time.Observation] = "2024-01-01T00:00:00+00:00";
        _event[Fields.Raw] = Encoding.UTF8.GetBytes(string.Join(',', _cells)) is var raw ? Value.Of((ReadOnlyMemory<byte>)raw) : default;
        _event.Meta = new MessageMeta { Id = MessageId.Version5(Guid.Empty, "a"u8), Parent = MessageId.Version5(Guid.Empty, "b"u8), Path = ["collector", "parser"] };
        _envelope = Encoding.UTF8.GetBytes(EnvelopeWriter.ToText(_event));
        _flat = Encoding.UTF8.GetBytes(FlatMessage.ToText(_event));
    }

    /// <summary>Reads an envelope.</summary>
    [Benchmark]
    public Message ReadEnvelope() => _reader.Read(_envelope, 0, _envelope.Length);

    /// <summary>Reads an envelope, looks at one field and writes it again: one hop.</summary>
    [Benchmark]
    public int OneHop()
    {
        var message = _reader.Read(_envelope, 0, _envelope.Length);
        _buffer.CutBack(0);
        message.Meta.PassTo(_meta, "taxonomy", message.Meta.Id);
        EnvelopeWriter.Write(_buffer, message, _meta);
        return message[Fields.Classification.Type].TextEquals("spam") ? 0 : _buffer.Length;
    }

    /// <summary>Reads a flat message of IntelMQ: every value is checked.</summary>
    [Benchmark]
    public Message ReadFlat() => _reader.Read(_flat, 0, _flat.Length);

    /// <summary>The deduplicator's hash.</summary>
    [Benchmark]
    public byte[] Hash() => MessageHash.Compute(_reader.Read(_envelope, 0, _envelope.Length));

    /// <summary>The line of the file output.</summary>
    [Benchmark]
    public int ExportLine()
    {
        _buffer.CutBack(0);
        MessageExport.WriteJson(_buffer, _event);
        return _buffer.Length;
    }

    /// <summary>Fills an event from the texts of a CSV row, with sanitation and validation.</summary>
    [Benchmark]
    public Event AddTwentyFields()
    {
        var made = new Event();
        Fill(made);
        return made;
    }

    private void Fill(Event made)
    {
        for (var i = 0; i < _cells.Length; i++)
        {
            made.Add(BenchmarkInput.Columns[i], _cells[i]);
        }
    }
}
