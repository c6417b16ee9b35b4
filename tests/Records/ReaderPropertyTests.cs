// What holds for every reader and every report.
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using IntelMq.Bots;

namespace IntelMq.Records.Tests;

public sealed class ReaderPropertyTests
{
    // Every run draws the same cases, so that a failure can be repeated.
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithReplay(20150831, 297).WithMaxTest(1500);

    private static readonly byte[][] s_pieces = new[]
    {
        "\n", "\n", "\r\n", "\r", "\"", "\"", "\"\"", ",", ",", "\t", " ", "#", "//", "\0", "a", "bc", "def ghi", "1", "-2.5", "[", "]", "{", "}", ":", "\\", "\\\"", "true", "nul",
        "{\"a\":1}", "\"x,y\"", "ä", "日本", ";", "[{\"a\":[1,2]},", "{}\n",
    }.Select(Encoding.UTF8.GetBytes).Concat([[0xFF], [0xC3]]).ToArray();

    public static TheoryData<string> Forms => [.. ReportForm.All.Keys];

    private static Gen<byte[]> Report { get; } =
        from start in Gen.Elements("", "", "[", "{", "a,b\n", "\uFEFF")
        from pieces in Gen.ArrayOf(Gen.Elements(s_pieces))
        select Encoding.UTF8.GetBytes(start).Concat(pieces.SelectMany(piece => piece)).ToArray();

    [Theory]
    [MemberData(nameof(Forms))]
    public void Reading_that_stops_after_each_record_gives_what_reading_at_once_gives(string form) => ForAll(form, (reader, report, longest) =>
        Assert.Equal(Read(reader, report, longest), Read(reader, report, longest, cuts: true)));

    [Theory]
    [MemberData(nameof(Forms))]
    public void It_does_not_matter_in_which_pieces_the_stream_comes(string form) => ForAll(form, (reader, report, longest) =>
        Assert.Equal(Read(reader, report, longest), Read(reader, report, longest, chunk: 1)));

    [Theory]
    [MemberData(nameof(Forms))]
    public void Records_are_counted_and_lie_where_they_say(string form) => ForAll(form, (reader, report, longest) =>
    {
        var text = Encoding.Latin1.GetString(report);
        var end = 0L;
        foreach (var (record, index) in (Read(reader, report, longest) ?? []).Select((record, index) => (record, index)))
        {
            Assert.Equal(index, record.Index);
            Assert.True(record.Offset >= end, $"{record} starts before the end of the one before.");
            Assert.Equal(text.Substring((int)record.Offset, record.Bytes.Length), record.Bytes);
            Assert.True(record.Bytes.Length <= longest, $"{record} is too long.");
            end = record.Offset + record.Bytes.Length;
        }
    });

    [Theory]
    [InlineData("lines")]
    [InlineData("lines without comments")]
    [InlineData("table")]
    [InlineData("table with names")]
    [InlineData("table with tabulators")]
    [InlineData("JSON list")]
    [InlineData("JSON lines")]
    public void A_recovered_record_is_read_as_it_was(string form) => ForAll(form, (reader, report, longest) =>
    {
        foreach (var record in (Read(reader, report, longest) ?? []).Where(record => record.Problem is null))
        {
            var again = Assert.Single(Read(reader, Encoding.Latin1.GetBytes(record.Recovered), int.MaxValue / 4)!);
            Assert.Equal(WithOneLineEnd(record.Content), WithOneLineEnd(again.Content));
        }
    });

    [Fact]
    public void Cells_that_were_written_are_read()
    {
        var cell = Gen.Elements("", "a", "b c", "\"", ",", "x\ny", "\r\n", "ä", "say \"hi\"", "'", ";").Two().Select(pair => pair.Item1 + pair.Item2);
        var row = Gen.NonEmptyListOf(cell).Select(cells => cells.Prepend("first").ToArray());
        Check.One(s_config, Prop.ForAll(Gen.NonEmptyListOf(row).ToArbitrary(), rows =>
        {
            var text = string.Concat(rows.Select(cells => string.Join(",", cells.Select(Written)) + "\n"));
            var read = Read(ReportForm.All["table"], Encoding.UTF8.GetBytes(text), int.MaxValue / 4)!;
            Assert.Equal(rows.Select(cells => string.Join('|', cells)), read.Select(record => record.Content[2..record.Content.LastIndexOf(':')]));
        }));
    }

    // Which line end a report has is told by its beginning, and a recovered record has another beginning.
    private static string WithOneLineEnd(string content) => content.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private static string Written(string cell) => cell.IndexOfAny(['"', ',', '\n', '\r']) < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void ForAll(string form, Action<ReportForm, byte[], int> check)
    {
        var input = from report in Report from longest in Gen.Elements(12, 40, int.MaxValue / 4) select (report, longest);
        Check.One(s_config, Prop.ForAll(input.ToArbitrary(), drawn => check(ReportForm.All[form], drawn.report, drawn.longest)));
    }

    // Null where the report as a whole was refused; any other exception fails the test.
    private static List<ReadRecord>? Read(ReportForm form, byte[] report, int longest, bool cuts = false, int chunk = int.MaxValue)
    {
        try
        {
            return form.ReadAsync(report, longest, cuts, chunk).GetAwaiter().GetResult();
        }
        catch (InvalidRecordException)
        {
            return null;
        }
    }
}
