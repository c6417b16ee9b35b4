// How each reader treats odd and broken reports.
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Records.Tests;

public sealed class ReaderTests
{
    [Theory]
    [InlineData("a\nb\r\nc\rd", "a", "b", "c", "d")]
    [InlineData("\uFEFFa\n\n \t\nb\n", "a", "b")]
    [InlineData("# x\n  // y\n a # z\n", " a # z")]
    [InlineData("a\0b\n\0\n", "a\0b")]
    [InlineData("")]
    [InlineData("\r")]
    public async Task Lines(string report, params string[] expected) =>
        Assert.Equal(expected, await ReportForm.All["lines without comments"].ContentsAsync(report));

    [Fact]
    public async Task A_line_that_is_too_long_is_reported_and_the_next_one_is_read() =>
        Assert.Equal(["a", "!" + new string('x', 10), "b"], await ReportForm.All["lines"].ContentsAsync($"a\n{new string('x', 50)}\r\nb", longest: 10));

    [Theory]
    [InlineData("a,\"b,c\",\"d\"\"e\"\n", "::a|b,c|d\"e:\n")]
    [InlineData("a,\"b\nc\"\nd,e", "::a|b\nc:\n", "::d|e:\n")]
    [InlineData("a,b\"c\",\"d\"e\n", "::a|b\"c\"|de:\n")]
    [InlineData("a\0,\0\"b\0\"\0\n", "::a|b:\n")]
    [InlineData("\n  \n,\n", "::|:\n")]
    [InlineData("a,b", "::a|b:\r\n")]
    [InlineData("a\r\nb\r\n", "::a:\r\n", "::b:\r\n")]
    [InlineData("a\nb\r\n", "::a:\r\n", "::b:\r\n")]
    public async Task Rows(string report, params string[] expected) => Assert.Equal(expected, await ReportForm.All["table"].ContentsAsync(report));

    [Fact]
    public async Task Names_come_from_the_first_row() =>
        Assert.Equal(["ip,port:\"ip\",port\n:192.0.2.1|80:\n"], await ReportForm.All["table with names"].ContentsAsync("\uFEFF\n\"ip\",port\n192.0.2.1,80\n"));

    [Fact]
    public async Task Header_rows_are_kept_and_comments_are_not() =>
        Assert.Equal([":ip,port\n:192.0.2.1|80:\n"], await ReportForm.All["table with header and comments"].ContentsAsync("# made by hand\nip,port\n # one row\n192.0.2.1,80\n"));

    [Fact]
    public async Task A_quote_that_is_never_closed_costs_its_line_and_not_the_rest() =>
        Assert.Equal(["::a|1:\n", "!b,\"2", "::c|3:\n", "::d|4:\n"], await ReportForm.All["table"].ContentsAsync("a,1\nb,\"2\nc,3\nd,4\n"));

    [Fact]
    public async Task A_row_with_a_line_break_before_the_broken_quote_is_lost_as_one() =>
        Assert.Equal(["!\"b\n1\",\"2", "::c|3:\n"], await ReportForm.All["table"].ContentsAsync("\"b\n1\",\"2\nc,3\n"));

    [Fact]
    public async Task A_row_that_is_too_long_costs_itself() =>
        Assert.Equal(["::a:\n", "!" + new string('x', 10), "::b:\n"], await ReportForm.All["table"].ContentsAsync($"a\n{new string('x', 50)}\nb\n", longest: 10));

    [Theory]
    [InlineData("[]")]
    [InlineData(" \n")]
    [InlineData(" [ 1 , {\"a\": [2, \"]\\\"\"]} ] ", "1", "{\"a\":[2,\"]\\\"\"]}")]
    [InlineData("[{\"a\":1},{bad},{\"b\":2}]", "{\"a\":1}", "!{bad}", "{\"b\":2}")]
    [InlineData("[1,2", "1", "2", "!")]
    [InlineData("[1,{\"a\":2", "1", "!{\"a\":2")]
    [InlineData("[1 2]", "1", "!2]")]
    [InlineData("[1,]", "1", "!]")]
    [InlineData("[1] x", "1", "!x")]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("{\"a\":1}\n{\"a\":2}", "{\"a\":1}", "!{\"a\":2}")]
    public async Task Elements(string report, params string[] expected) => Assert.Equal(expected, await ReportForm.All["JSON list"].ContentsAsync(report));

    [Fact]
    public async Task An_element_that_is_too_long_costs_itself() =>
        Assert.Equal(["1", "!{\"a\":\"xxxx", "2"], await ReportForm.All["JSON list"].ContentsAsync($"[1,{{\"a\":\"{new string('x', 50)}\"}},2]", longest: 10));

    [Fact]
    public async Task What_is_no_list_is_refused() =>
        await Assert.ThrowsAsync<InvalidRecordException>(() => ReportForm.All["JSON list"].ContentsAsync("<html></html>"));

    [Fact]
    public async Task Nesting_is_bounded() =>
        Assert.Equal(["!" + new string('[', 1000) + new string(']', 1000), "2"], await ReportForm.All["JSON list"].ContentsAsync($"[{new string('[', 1000)}{new string(']', 1000)},2]"));

    [Theory]
    [InlineData("JSON lines", "{\"a\":1}\n{bad\n{\"b\":2}\n", "{\"a\":1}", "!{bad", "{\"b\":2}")]
    [InlineData("JSON values", "{\"a\":\n1}{\"b\":2} 3 {bad} [4]", "{\"a\":1}", "{\"b\":2}", "3", "!{bad}", "[4]")]
    [InlineData("JSON values", "{\"a\":1} {\"b\":2", "{\"a\":1}", "!{\"b\":2")]
    [InlineData("one JSON value", "\uFEFF{\"a\":\n1}\n", "{\"a\":1}")]
    [InlineData("one JSON value", "{\"a\":1}\n{}", "!{\"a\":1}\n{}")]
    public async Task Values(string form, string report, params string[] expected) => Assert.Equal(expected, await ReportForm.All[form].ContentsAsync(report));

    [Fact]
    public async Task A_whole_report_that_is_too_long_is_refused()
    {
        Assert.Equal(["0123456789"], await ReportForm.All["whole"].ContentsAsync("0123456789", longest: 10));
        await Assert.ThrowsAsync<InvalidRecordException>(() => ReportForm.All["whole"].ContentsAsync("0123456789a", longest: 10));
    }

    [Theory]
    [InlineData("lines", "")]
    [InlineData("table", "")]
    [InlineData("table", "\"")]
    [InlineData("JSON list", "[\"")]
    [InlineData("JSON lines", "")]
    public async Task Memory_stays_small_however_long_a_record_is(string form, string start)
    {
        const int Length = 60_000_000;
        var report = new byte[Length];
        report.AsSpan().Fill((byte)'x');
        Encoding.ASCII.GetBytes(start).CopyTo(report, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var record = Assert.Single(await ReportForm.All[form].ReadAsync(report, longest: 100_000));

        Assert.NotNull(record.Problem);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }
}
