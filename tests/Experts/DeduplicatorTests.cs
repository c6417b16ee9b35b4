// The deduplicator: what counts as a duplicate, for how long, and what a repeated invocation does.
using IntelMq.Bots;
using IntelMq.Stores;
using Microsoft.Extensions.Time.Testing;
using static IntelMq.Experts.Tests.RunningExpert;

namespace IntelMq.Experts.Tests;

public sealed class DeduplicatorTests
{
    private const string Json = """{"source.ip": "192.0.2.1", "raw": "YQ=="}""";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_repeated_invocation_sends_the_same_event_again()
    {
        var expert = await StartAsync("deduplicator", """{"filter_keys": "raw"}""", _clock);
        Assert.Single(await expert.SendAsync(Event(Json, id: 1)));
        Assert.Single(await expert.SendAsync(Event(Json, id: 1)));
        Assert.Empty(await expert.SendAsync(Event(Json, id: 2)));
    }

    [Fact]
    public async Task The_second_of_two_equal_events_in_a_batch_is_dropped()
    {
        var expert = await StartAsync("deduplicator", """{"filter_keys": "raw"}""", _clock);
        var (first, second, other) = (Event(Json, id: 1), Event(Json, id: 2), Event("""{"source.ip": "192.0.2.2"}""", id: 3));
        var sent = await expert.SendAsync(first, second, other);
        Assert.Equal([first.Meta.Id, other.Meta.Id], sent.Select(item => item.Message.Meta.Id));
    }

    [Fact]
    public async Task An_event_that_a_frame_holds_twice_is_sent_once()
    {
        var expert = await StartAsync("deduplicator", """{"filter_keys": "raw"}""", _clock);
        Assert.Single(await expert.SendAsync(Event(Json, id: 1), Event(Json, id: 1)));
    }

    [Theory]
    [InlineData(59, 0)]
    [InlineData(60, 1)]
    public async Task What_was_seen_is_forgotten_after_the_time(int seconds, int sent)
    {
        var expert = await StartAsync("deduplicator", """{"filter_keys": "raw", "redis_cache_ttl": 60}""", _clock);
        await expert.SendAsync(Event(Json, id: 1));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(sent, (await expert.SendAsync(Event(Json, id: 2))).Count);
    }

    [Fact]
    public async Task Zero_seconds_mean_for_ever()
    {
        var expert = await StartAsync("deduplicator", """{"filter_keys": "raw", "redis_cache_ttl": 0}""", _clock);
        await expert.SendAsync(Event(Json, id: 1));
        _clock.Advance(TimeSpan.FromDays(3650));
        Assert.Empty(await expert.SendAsync(Event(Json, id: 2)));
    }

    [Fact]
    public async Task What_was_seen_is_known_to_other_invocations()
    {
        var state = new MemoryStateStore(_clock);
        await (await StartAsync("deduplicator", """{"filter_keys": "raw"}""", _clock, state)).SendAsync(Event(Json, id: 1));
        var other = await StartAsync("deduplicator", """{"filter_keys": "raw"}""", _clock, state);
        Assert.Empty(await other.SendAsync(Event(Json, id: 2)));
    }

    [Fact]
    public async Task A_whitelist_counts_only_its_fields()
    {
        var expert = await StartAsync("deduplicator", """{"filter_keys": ["source.ip"], "filter_type": "whitelist"}""", _clock);
        Assert.Single(await expert.SendAsync(Event("""{"source.ip": "192.0.2.1", "comment": "a"}""", id: 1)));
        Assert.Empty(await expert.SendAsync(Event("""{"source.ip": "192.0.2.1", "comment": "b"}""", id: 2)));
    }

    [Theory]
    [InlineData("""{}""", "'filter_keys' is required")]
    [InlineData("""{"filter_keys": "", "filter_type": "whitelist"}""", "all events would be the same")]
    [InlineData("""{"filter_keys": "raw", "filter_type": "greylist"}""", "one of blacklist, whitelist")]
    public async Task Parameters_that_cannot_be_meant_are_refused(string parameters, string sentence)
    {
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartAsync("deduplicator", parameters));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }
}
