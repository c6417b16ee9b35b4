// The forms of reports that the tests read, and what was read of them.
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Records.Tests;

/// <summary>What was read of one record.</summary>
internal sealed record ReadRecord(long Index, long Offset, string Bytes, string? Problem, string Content, string Recovered);

/// <summary>Reads reports of one form.</summary>
internal abstract class ReportForm
{
    public static Dictionary<string, ReportForm> All { get; } = new()
    {
        ["lines"] = new ReportForm<LineRecord>((raw, longest) => new LineReader(raw, longest: longest), line => line.Text),
        ["all lines"] = new ReportForm<LineRecord>((raw, longest) => new LineReader(raw, new LineOptions { SkipBlank = false }, longest), line => line.Text),
        ["lines without comments"] = new ReportForm<LineRecord>((raw, longest) => new LineReader(raw, new LineOptions { CommentPrefixes = ["#", "//"] }, longest), line => line.Text),
        ["table"] = Table(new CsvOptions()),
        ["table with names"] = Table(new CsvOptions { HasNames = true }),
        ["table with header and comments"] = Table(new CsvOptions { SkippedLines = 1, SkipComments = true }),
        ["table with tabulators"] = Table(new CsvOptions { Delimiter = '\t', SkipComments = true }),
        ["JSON list"] = new ReportForm<JsonRecord>((raw, longest) => new JsonArrayReader(raw, longest), json => JsonText.Compact(json.Json)),
        ["JSON lines"] = new ReportForm<JsonRecord>((raw, longest) => new JsonStreamReader(raw, JsonStreamForm.Lines, longest), json => JsonText.Compact(json.Json)),
        ["JSON values"] = new ReportForm<JsonRecord>((raw, longest) => new JsonStreamReader(raw, JsonStreamForm.Concatenated, longest), json => JsonText.Compact(json.Json)),
        ["one JSON value"] = new ReportForm<JsonRecord>((raw, longest) => new JsonStreamReader(raw, JsonStreamForm.Single, longest), json => JsonText.Compact(json.Json)),
        ["whole"] = new ReportForm<WholeRecord>((raw, longest) => new WholeReader(raw, longest), whole => whole.Text),
    };

    /// <summary>Reads all records. With <paramref name="cuts"/> each record is read by a reader of its own that goes on where the one before stopped.</summary>
    public abstract Task<List<ReadRecord>> ReadAsync(byte[] report, int longest = int.MaxValue / 4, bool cuts = false, int chunk = int.MaxValue);

    /// <summary>The contents of the records: cells joined by bars, JSON, text.</summary>
    public async Task<string[]> ContentsAsync(string report, int longest = int.MaxValue / 4) =>
        (await ReadAsync(Encoding.UTF8.GetBytes(report), longest)).Select(record => record.Problem is null ? record.Content : "!" + record.Bytes).ToArray();

    private static string Content(CsvRecord row)
    {
        // The bytes of a cell and its text are the same, whichever is asked for first.
        for (var i = 0; i < row.Cells.Count; i++)
        {
            Assert.Equal(RawData.DecodeText(row.CellBytes(i)), row.Cells[i]);
        }

        return $"{string.Join(",", row.Columns)}:{row.Header}:{string.Join('|', row.Cells)}:{row.LineEnd}";
    }

    private static ReportForm<CsvRecord> Table(CsvOptions options) =>
        new((raw, longest) => new CsvReader(raw, options, longest), Content);
}

/// <summary>Reads reports of one form by its reader.</summary>
internal sealed class ReportForm<TRecord>(Func<Stream, int, RecordReader<TRecord>> open, Func<TRecord, string> content) : ReportForm
    where TRecord : IntelMq.Bots.Record
{
    public override async Task<List<ReadRecord>> ReadAsync(byte[] report, int longest, bool cuts, int chunk)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var read = new List<ReadRecord>();
        var position = RecordPosition.Start;
        var isOver = false;
        while (!isOver)
        {
            await using var reader = open(new ChunkedStream(report, chunk), longest);
            await reader.SeekAsync(position, cancellation);
            do
            {
                var record = await reader.ReadAsync(cancellation);
                isOver = record is null;
                if (record is not null)
                {
                    var what = record.Problem is null ? content(record) : "";
                    read.Add(new ReadRecord(record.Index, record.Offset, Encoding.Latin1.GetString(record.Bytes.Span), record.Problem, what, Encoding.Latin1.GetString(reader.Recover(record))));
                    position = reader.Next;
                }

                Assert.True(read.Count <= report.Length + 1, "There are more records than bytes.");
            }
            while (!isOver && !cuts);
        }

        return read;
    }
}

/// <summary>A stream that gives a few bytes at a time, as networks do.</summary>
internal sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes, writable: false)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
}
