// The filter: limits in time, comparisons, patterns, and what is refused at the start.
using IntelMq.Bots;
using IntelMq.DataFormat;
using static IntelMq.Experts.Tests.RunningExpert;

namespace IntelMq.Experts.Tests;

public sealed class FilterTests
{
    // The clock of these tests says 2024-05-01T12:00:00.
    [Theory]
    [InlineData("not_before", "2 hours", "2024-05-01T10:00:00+00:00", true)]
    [InlineData("not_before", "2 hours", "2024-05-01T09:59:59+00:00", false)]
    [InlineData("not_after", "2 hours", "2024-05-01T10:00:00+00:00", true)]
    [InlineData("not_after", "2 hours", "2024-05-01T10:00:01+00:00", false)]
    [InlineData("not_before", "9999999999 years", "1970-01-01T00:00:00+00:00", true)]
    [InlineData("not_before", "2024-05-01", "2024-05-01T00:00:00+00:00", true)]
    [InlineData("not_before", "2024-05-01", "2024-04-30T23:59:59.999999+00:00", false)]
    [InlineData("not_after", "2024-05-01 12:00 +02:00", "2024-05-01T10:00:00+00:00", true)]
    [InlineData("not_after", "2024-05-01 12:00 +02:00", "2024-05-01T10:00:01+00:00", false)]
    public async Task Limits_in_time_include_the_instant_itself(string key, string limit, string time, bool passes)
    {
        var expert = await StartAsync("filter", $$"""{"{{key}}": "{{limit}}"}""");
        Assert.Equal(passes ? ["_default"] : [], (await expert.SendAsync(Event($$"""{"time.source": "{{time}}"}"""))).Select(sent => sent.Path));
    }

    [Fact]
    public async Task A_relative_limit_moves_with_the_clock()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
        var expert = await StartAsync("filter", """{"not_before": "1 hour"}""", clock);
        const string Json = """{"time.source": "2024-05-01T11:30:00+00:00"}""";
        Assert.Single(await expert.SendAsync(Event(Json)));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await expert.SendAsync(Event(Json)));
    }

    [Theory]
    [InlineData("keep", true, "_default filter_match")]
    [InlineData("keep", false, "action_other filter_no_match")]
    [InlineData("drop", true, "action_other filter_match")]
    [InlineData("drop", false, "_default filter_no_match")]
    public async Task Each_event_takes_two_paths(string action, bool matches, string paths)
    {
        var expert = await StartAsync("filter", $$"""{"filter_action": "{{action}}", "filter_key": "comment", "filter_value": "x"}""");
        var sent = await expert.SendAsync(Event($$"""{"comment": "{{(matches ? "x" : "y")}}"}"""));
        Assert.Equal(paths, string.Join(' ', sent.Select(item => item.Path)));
    }

    [Theory]
    [InlineData("source.asn", "64496", "64496", true)]
    [InlineData("source.asn", "\"64496\"", "64496", false)]
    [InlineData("source.asn", "64497", "[64496, 64497]", true)]
    [InlineData("feed.accuracy", "100", "100.0", true)]
    [InlineData("source.fqdn", "\"example.net\"", "[\"example.com\", \"example.net\"]", true)]
    [InlineData("extra.list", "\"a\"", "[\"a\"]", false)]
    [InlineData("comment", "\"ü\"", "\"ü\"", true)]
    [InlineData("comment", "\"ü\"", "\"\\u00fc\"", true)]
    [InlineData("source.tor_node", "true", "true", true)]
    public async Task Values_match_as_they_are_and_any_of_several(string key, string wanted, string value, bool matches)
    {
        var expert = await StartAsync("filter", $$"""{"filter_action": "keep", "filter_key": "{{key}}", "filter_value": {{wanted}}}""");
        Assert.Equal(matches, (await expert.SendAsync(Event($$"""{"{{key}}": {{value}}}"""))).Any(sent => sent.Path == "filter_match"));
    }

    [Theory]
    [InlineData("^a(?=b)", "\"abc\"", true)]
    [InlineData("(?P<year>20[0-9]{2})", "\"in 2024\"", true)]
    [InlineData("'a'", "[\"a\"]", true)]
    [InlineData("^b", "\"abc\"", false)]
    public async Task Patterns_are_searched_for_in_the_text_of_the_value(string pattern, string value, bool matches)
    {
        var expert = await StartAsync("filter", $$"""{"filter_action": "keep", "filter_key": "extra.a", "filter_value": "{{pattern}}", "filter_regex": "search"}""");
        Assert.Equal(matches, (await expert.SendAsync(Event($$"""{"extra.a": {{value}}}"""))).Any(sent => sent.Path == "filter_match"));
    }

    [Fact]
    public async Task A_pattern_that_takes_too_long_makes_the_record_invalid()
    {
        var expert = await StartAsync("filter", """{"filter_action": "keep", "filter_key": "comment", "filter_value": "(?=x)^(a+)+$|^(a+)+$", "filter_regex": true}""");
        await Assert.ThrowsAsync<InvalidRecordException>(() => expert.SendAsync(Event($$"""{"comment": "{{new string('a', 60)}}b"}""")));
    }

    [Theory]
    [InlineData("""{}""", "Nothing is filtered")]
    [InlineData("""{"filter_action": "keep", "filter_key": "comment"}""", "one of them is missing")]
    [InlineData("""{"filter_action": "pass", "filter_key": "comment", "filter_value": "x"}""", "one of keep, drop")]
    [InlineData("""{"filter_action": "keep", "filter_key": "comment", "filter_value": "(", "filter_regex": true}""", "no regular expression")]
    [InlineData("""{"not_before": "1 fortnight"}""", "'not_before' is '1 fortnight'")]
    [InlineData("""{"not_after": "12:00"}""", "'not_after' is '12:00'")]
    public async Task What_would_filter_nothing_is_refused(string parameters, string sentence)
    {
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartAsync("filter", parameters));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }
}
