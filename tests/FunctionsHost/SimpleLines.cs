// A line reader for the test bots: small inputs, read whole.
using System.Text;
using IntelMq.Bots;

namespace IntelMq.FunctionsHost.Tests;

/// <summary>Lines of a small report.</summary>
internal sealed class SimpleLines(Stream raw) : RecordReader<LineRecord>
{
    private string[] _lines = [];
    private long _next;

    public override RecordPosition Next => new(0, _next);

    public override async ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation)
    {
        using var reader = new StreamReader(raw, Encoding.UTF8);
        _lines = (await reader.ReadToEndAsync(cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _next = position.Index;
    }

    public override ValueTask<LineRecord?> ReadAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(_next < _lines.Length ? new LineRecord { Index = _next, Bytes = Encoding.UTF8.GetBytes(_lines[_next++]) } : null);

    public override byte[] Recover(LineRecord record) => record.Bytes.ToArray();

    public override ValueTask DisposeAsync() => raw.DisposeAsync();
}
