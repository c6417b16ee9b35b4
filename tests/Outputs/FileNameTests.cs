// File names that hold values of events: they stay in the folder, whatever a feed says.
using System.Text;
using FsCheck.Fluent;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.DataFormat.Tests;

namespace IntelMq.Outputs.Tests;

public sealed class FileNameTests
{
    [Theory]
    [InlineData("{event[source.asn]}.txt", """{"source.asn": 64496}""", "64496.txt")]
    [InlineData("{event['source.ip']}.txt", """{"source.ip": ["192.0.2.1", "192.0.2.2"]}""", "192.0.2.1.txt")]
    [InlineData("{event[time.source]:%Y/%m-%d}", """{"time.source": "2026-01-02T03:04:05+00:00"}""", "2026_01-02")]
    [InlineData("{event[time.source]:%Y}/{event[time.source]:%j}", """{"time.source": "2026-01-02T03:04:05.5+00:00"}""", "2026/002")]
    [InlineData("{{x}}/{event[classification.type]}", """{"classification.type": "phishing"}""", "{x}/phishing")]
    [InlineData("{event[extra.a]}", """{"extra.a": "../../etc/passwd"}""", "_._.._etc_passwd")]
    [InlineData("{event[extra.a]}", """{"extra.a": ".."}""", "_.")]
    [InlineData("{event[extra.a]}", """{"extra.a": "C:\\x"}""", "C__x")]
    [InlineData("{event[extra.a]}{event[extra.b]}", """{"extra.a": ".", "extra.b": "."}""", "__")]
    [InlineData("plain.txt", "{}", "plain.txt")]
    public async Task Names_are_filled(string template, string message, string expected)
    {
        await using var output = await StartAsync(template);
        await output.SendAsync(message);
        Assert.Equal([expected], output.Written().Keys);
    }

    [Theory]
    [InlineData("{event[source.isn]}.txt", "did you mean 'source.asn'?")]
    [InlineData("{event[source.asn]:06d}.txt", "06d")]
    [InlineData("{event[time.source]:%Q}.txt", "%Q")]
    [InlineData("{source.asn}.txt", "{source.asn}.txt")]
    [InlineData("{event[source.asn].txt", "no placeholder")]
    [InlineData("a}.txt", "no placeholder")]
    public async Task Names_that_cannot_be_filled_are_refused_at_the_start(string template, string mentioned)
    {
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartAsync(template));
        Assert.Contains(mentioned, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_without_a_value_for_the_name_is_a_dead_letter_and_the_others_are_written()
    {
        await using var output = await StartAsync("{event[source.asn]}.txt");
        var result = await output.SendAsync("""{"source.asn": 64496}""", """{"comment": "none"}""", """{"source.asn": 64497}""");
        Assert.Contains("source.asn", Assert.Single(result.DeadLetters).Error, StringComparison.Ordinal);
        Assert.Equal(["64496.txt", "64497.txt"], output.Written().Keys);
    }

    [Fact]
    public async Task A_name_that_gets_too_long_is_a_dead_letter()
    {
        await using var output = await StartAsync("{event[extra.a]}{event[extra.a]}{event[extra.a]}");
        var longest = new string('x', 500);
        var result = await output.SendAsync($$"""{"extra.a": "{{longest}}"}""", """{"extra.a": "short"}""");
        Assert.Contains("255 bytes", Assert.Single(result.DeadLetters).Error, StringComparison.Ordinal);
        Assert.Equal(["shortshortshort"], output.Written().Keys);
    }

    [Fact]
    public async Task Long_values_are_cut_between_letters()
    {
        await using var output = await StartAsync("{event[extra.a]}");
        await output.SendAsync($$"""{"extra.a": "x{{string.Concat(Enumerable.Repeat("😀", 80))}}"}""");
        Assert.Equal(["x" + string.Concat(Enumerable.Repeat("😀", 24))], output.Written().Keys);
    }

    [Fact]
    public async Task No_value_leads_out_of_the_folder()
    {
        await using var output = await StartAsync("sub/{event[extra.a]}{event[extra.b]}/{event[extra.a]}.txt");
        Generators.ForAll(Generators.Text.Two(), texts =>
        {
            var message = new ValueMap { ["extra.a"] = texts.Item1, ["extra.b"] = texts.Item2 };
            var result = output.SendAsync(JsonText.Compact(Value.Of(message))).GetAwaiter().GetResult();
            Assert.Empty(result.Parked);
            Assert.Null(result.StopReason);
        });
        Assert.NotEmpty(output.Written());
        Assert.All(output.Written().Keys, path => Assert.StartsWith("sub/", path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Thousands_of_names_in_turn_lose_nothing_and_repeat_nothing()
    {
        await using var output = await StartAsync("{event[extra.n]}.txt");
        for (var round = 0; round < 3; round++)
        {
            var result = await output.SendAsync([.. Enumerable.Range(0, 1500).Select(n => $$"""{"extra.n": {{n}}, "extra.round": {{round}}}""")]);
            Assert.Empty(result.Parked);
        }

        await output.StopAsync();
        var written = output.Written();
        Assert.Equal(1500, written.Count);
        Assert.All(written, file => Assert.Equal(
            string.Concat(Enumerable.Range(0, 3).Select(round => $$"""{"extra.n": {{file.Key[..^4]}}, "extra.round": {{round}}}""" + "\n")), file.Value));
    }

    private static Task<RunningOutput> StartAsync(string template) => RunningOutput.StartAsync(JsonText.Compact(Value.Of(new ValueMap { ["file"] = template, ["format_filename"] = true })));
}
