// What every bot keeps, whatever it does.
using FsCheck;
using FsCheck.Fluent;
using IntelMq.DataFormat;
using IntelMq.DataFormat.Tests;

namespace IntelMq.Bots.Cases;

public sealed class Contracts
{
    private const string Marker = "hunter2-and-more";

    // Pieces of the formats that parsers read, and what does not belong to any.
    private static readonly byte[][] s_pieces = new[]
    {
        "\n", "\r\n", "\r", ",", "\t", ";", "\"", "\"\"", "[", "]", "{", "}", ":", "\\", "#", "\0", " ", "|", "192.0.2.1", "2001:db8::/32", "AS64496", "http://example.com/", "2026-01-15 10:00:00", "443",
        "{\"ip_address\": \"192.0.2.1\"}", "{\"source.ip\": \"192.0.2.1\"}", "ip", "timestamp", "; Last-Modified: ", "true", "null", "-1", "1e999", "ä", "\uFEFF",
    }.Select(System.Text.Encoding.UTF8.GetBytes).Concat([[0xFF], [0xC3], [0xED, 0xA0, 0x80]]).ToArray();

    public static TheoryData<string> Bots => [.. CaseRun.Catalogue.All.Select(bot => bot.Id)];

    public static TheoryData<string> Cases => [.. BotCase.All.Select(known => known.ToString())];

    public static TheoryData<string> ParserCases => CasesOf(BotKind.Parser);

    public static TheoryData<string> EventCases => CasesOf(BotKind.Expert, BotKind.Output);

    [Theory]
    [MemberData(nameof(Bots))]
    public void The_defaults_bind(string id)
    {
        var bot = Bot(id);
        var given = bot.Parameters.Where(declared => !declared.Required && !declared.Default.IsMissing).ToDictionary(declared => declared.Key, declared => declared.Default);
        foreach (var (key, value) in BotCase.Of(bot).First().Parameters)
        {
            given[bot.Parameters.First(declared => declared.Key == key || declared.Alias == key).Key] = value;
        }

        var bound = ParameterBinder.Bind(bot, given);
        Assert.DoesNotContain(bound.Problems, problem => !problem.IsWarning);
        Assert.NotNull(bound.Parameters);
    }

    [Theory]
    [MemberData(nameof(Bots))]
    public void An_unknown_key_is_rejected_with_the_name_that_is_near(string id)
    {
        var bot = Bot(id);
        foreach (var declared in bot.Parameters.Where(declared => declared.Key.Length > 3))
        {
            var values = Required(bot);
            values[declared.Key + "z"] = "x";
            var problem = Assert.Single(ParameterBinder.Bind(bot, values).Problems, problem => problem.Key == declared.Key + "z");
            Assert.False(problem.IsWarning);
            Assert.Contains($"'{declared.Key}'", problem.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Bots))]
    public void Secrets_are_not_shown(string id)
    {
        var bot = Bot(id);
        var values = bot.Parameters.ToDictionary(declared => declared.Key, declared => declared.Secret ? Marker : (Value)"seen");
        values["some_password"] = Marker;
        var shown = SecretText.Show(bot, values);
        Assert.DoesNotContain(Marker, shown, StringComparison.Ordinal);
        Assert.Contains("error_max_retries=seen", shown, StringComparison.Ordinal);
        foreach (var secret in bot.Parameters.Where(declared => declared.Secret))
        {
            var problems = ParameterBinder.Bind(bot, new Dictionary<string, Value> { [secret.Key] = Value.Of([Marker]) }).Problems;
            Assert.DoesNotContain(problems, problem => problem.Message.Contains(Marker, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_same_input_gives_the_same_output(string name)
    {
        var known = BotCase.Find(name);
        await using var first = await CaseRun.StartAsync(known);
        await using var second = await CaseRun.StartAsync(known);
        Assert.Equal(await first.ResultsAsync(), await second.ResultsAsync());
        Assert.Equal(first.Ids, second.Ids);
        Assert.Equal(first.Ids.Count, first.Ids.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(ParserCases))]
    public async Task Any_bytes_end_in_events_or_dead_letters(string name)
    {
        var known = BotCase.Find(name);
        var own = File.ReadAllBytes(Directory.GetFiles(known.Folder, "input.*").Single());
        await using var run = await CaseRun.StartAsync(known);
        var results = 0;
        Generators.ForAll(Mutated(own), raw => results += Process(run, known.Report(raw)).Count);
        Assert.True(results > 100, $"Only {results} results came out.");
    }

    [Theory]
    [MemberData(nameof(EventCases))]
    public async Task Any_event_is_handled_or_becomes_a_dead_letter(string name)
    {
        var known = BotCase.Find(name);
        await using var run = await CaseRun.StartAsync(known);
        var messages = Generators.Message.Select(message => System.Text.Encoding.UTF8.GetBytes(FlatMessage.ToText(message)));
        Generators.ForAll(messages, message => Process(run, message));
    }

    // The recorded form with pieces cut out and others put in, or pieces alone.
    private static Gen<byte[]> Mutated(byte[] own) =>
        from keeps in Gen.Elements(true, false)
        from cut in Gen.Choose(0, own.Length)
        from length in Gen.Choose(0, 20)
        from pieces in Gen.ArrayOf(Gen.Elements(s_pieces))
        let put = pieces.SelectMany(piece => piece)
        select keeps ? (byte[])[.. own[..cut], .. put, .. own[Math.Min(own.Length, cut + length)..]] : put.ToArray();

    private static IReadOnlyList<Value> Process(CaseRun run, byte[] message)
    {
        var results = run.ResultsAsync(message).GetAwaiter().GetResult();
        Assert.All(results, result =>
        {
            var map = result.AsMap()!;
            Assert.NotEqual(map["path"].IsMissing, map["dead_letter"].IsMissing);
            Assert.True(map["path"].AsText() is { Length: > 0 } || map["dead_letter"].AsMap()!["error"].AsText() is { Length: > 0 });
        });
        return results;
    }

    private static BotDescriptor Bot(string id)
    {
        Assert.True(CaseRun.Catalogue.TryGet(id, out var bot));
        return bot;
    }

    private static Dictionary<string, Value> Required(BotDescriptor bot)
    {
        var given = BotCase.Of(bot).First().Parameters;
        return bot.Parameters.Where(declared => declared.Required).ToDictionary(declared => declared.Key, declared => given[declared.Key]);
    }

    private static TheoryData<string> CasesOf(params BotKind[] kinds) => [.. BotCase.All.Where(known => kinds.Contains(Bot(known.BotId).Kind)).Select(known => known.ToString())];
}
