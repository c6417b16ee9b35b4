// Times: the formats of feeds, the search for dates and spans of time.
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IntelMq.DataFormat.Tests;

public sealed class TimeTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("Mon, 31 Aug 2015 08:16:10 +0200", "2015-08-31T06:16:10+00:00")]
    [InlineData("31.08.2015", "2015-08-31T00:00:00+00:00")]
    [InlineData("10-09-2015", "2015-10-09T00:00:00+00:00")]
    [InlineData("8:16pm", "2026-11-24T20:16:00+00:00")]
    [InlineData("Mon", "2026-11-30T00:00:00+00:00")]
    [InlineData("20150831T081610", "2015-08-31T08:16:10+00:00")]
    [InlineData("2015-08-31 10:00 GMT+3", "2015-08-31T13:00:00+00:00")]
    [InlineData("Jan of 01", "2001-01-24T00:00:00+00:00")]
    [InlineData("69-01-02", "2069-01-02T00:00:00+00:00")]
    [InlineData("78-01-02", "1978-01-02T00:00:00+00:00")]
    [InlineData("1440973470", null)]
    [InlineData("yesterday", null)]
    [InlineData("2015-08-31T08:16:10+99:00", null)]
    [InlineData("0001-01-01T00:00:00+01:00", null)]
    public void Dates_are_found_in_texts(string text, string? expected) => Check("fuzzy", text, expected);

    [Theory]
    [InlineData("timestamp", "1440973470.5", "2015-08-30T22:24:30.500000+00:00")]
    [InlineData("timestamp", "253402300799", "9999-12-31T23:59:59+00:00")]
    [InlineData("timestamp", "253402300800", null)]
    [InlineData("timestamp", "-62135596801", null)]
    [InlineData("timestamp", "1e300", null)]
    [InlineData("epoch_millis", "1440973470123", "2015-08-30T22:24:30+00:00")]
    [InlineData("epoch_millis", "14409734701", null)]
    [InlineData("windows_nt", "130855113700000000", "2015-08-31T16:16:10+00:00")]
    [InlineData("utc_isoformat", "2015-08-31T08:16:10+00:00", "2015-08-31T08:16:10+00:00")]
    [InlineData("utc_isoformat", "2015-08-31", null)]
    [InlineData("from_format|%d.%m.%Y %H:%M %z", "31.08.2015 08:16 +02:00", "2015-08-31T06:16:00+00:00")]
    [InlineData("from_format_midnight|%d.%m.%Y %H:%M %z", "31.08.2015 01:16 +0200", "2015-08-31T00:00:00+00:00")]
    [InlineData("from_format|%Y-%j", "2015-243", "2015-08-31T00:00:00+00:00")]
    [InlineData("from_format|%G-W%V-%u", "2015-W36-1", "2015-08-31T00:00:00+00:00")]
    [InlineData("from_format|%Y %W %a", "2015 35 mon", "2015-08-31T00:00:00+00:00")]
    [InlineData("from_format|%I:%M %p %b %d %Y|ignored", "1:05 PM Aug 31 2015", "2015-08-31T13:05:00+00:00")]
    [InlineData("from_format|%Y%m%d", "20150230", null)]
    [InlineData("from_format|%Y-%m-%d", "2015-08-31 ", null)]
    public void Formats_of_feeds(string format, string text, string? expected) => Check(format, text, expected);

    [Theory]
    [InlineData("from_format")]
    [InlineData("from_format|%Q")]
    [InlineData("from_format|%")]
    [InlineData("timestamp|x")]
    [InlineData("sometime")]
    public void Wrong_formats_are_named(string format) => Assert.Contains("format", Assert.Throws<ArgumentException>(() => TimeFormat.Parse(format)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_format_searches_for_dates() => Assert.Same(TimeFormat.Fuzzy, TimeFormat.Parse(null));

    [Theory]
    [InlineData("4 hours", 240)]
    [InlineData("1  week", 10080)]
    [InlineData("30 seconds", 0.5)]
    public void Spans_of_time(string text, double minutes) => Assert.Equal(minutes, RelativeTime.ParseMinutes(text));

    [Theory]
    [InlineData("4hours")]
    [InlineData("-1 hour")]
    [InlineData("1 fortnight")]
    [InlineData("hour")]
    public void Other_texts_are_no_spans(string text) => Assert.Throws<FormatException>(() => RelativeTime.ParseMinutes(text));

    [Fact]
    public void Any_text_is_a_date_or_none() =>
        Generators.ForAll(Generators.Text, text =>
        {
            if (TimeFormat.Fuzzy.TryConvert(text, _clock, out var iso))
            {
                Assert.True(FieldTypes.DateTime.IsValid(iso), iso.ToString());
            }
        });

    private void Check(string format, string text, string? expected) =>
        Assert.Equal(Value.Of(expected), TimeFormat.Parse(format).TryConvert(text, _clock, out var iso) ? iso : Value.Missing);
}
