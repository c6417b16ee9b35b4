// Every case gives what is written in its folder; UPDATE=1 writes it.
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots.Cases;

public sealed class GoldenCases
{
    private static readonly bool s_updates = Environment.GetEnvironmentVariable("UPDATE") == "1";

    public static TheoryData<string> Names => [.. BotCase.All.Select(known => known.ToString())];

    public static TheoryData<string> Bots => [.. CaseRun.Catalogue.All.Select(bot => bot.Id)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_results_are_the_expected_ones(string name)
    {
        var known = BotCase.Find(name);
        await using var run = await CaseRun.StartAsync(known);
        var results = await run.ResultsAsync();
        await run.StopAsync();
        var written = Files(run.Written);
        if (s_updates)
        {
            Update(known, results, written);
        }

        var expected = File.ReadAllLines(known.ExpectedLines)
            .Select(line => CaseRun.Comparable(JsonText.TryParse(line) ?? throw new InvalidDataException($"{known}: no JSON: {line}"))).ToArray();
        for (var i = 0; i < Math.Max(expected.Length, results.Count); i++)
        {
            var wanted = i < expected.Length ? expected[i] : Value.Missing;
            var got = i < results.Count ? results[i] : Value.Missing;
            Assert.True(wanted == got, $"{known}, result {i + 1}:\nexpected {Shown(wanted)}\ngot      {Shown(got)}");
        }

        Assert.Equal(Files(known.ExpectedFiles), written);
    }

    [Theory]
    [MemberData(nameof(Bots))]
    public void Every_bot_has_a_case(string id)
    {
        Assert.True(CaseRun.Catalogue.TryGet(id, out var bot));
        Assert.NotEmpty(BotCase.Of(bot));
    }

    private static void Update(BotCase known, IReadOnlyList<Value> results, SortedDictionary<string, string> written)
    {
        File.WriteAllText(known.ExpectedLines, string.Concat(results.Select(line => JsonText.Write(line, JsonStyle.Export) + "\n")));
        if (Directory.Exists(known.ExpectedFiles))
        {
            Directory.Delete(known.ExpectedFiles, recursive: true);
        }

        foreach (var (path, text) in written)
        {
            var file = Path.Combine(known.ExpectedFiles, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
    }

    private static SortedDictionary<string, string> Files(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            files[Path.GetRelativePath(folder, file)] = File.ReadAllText(file);
        }

        return files;
    }

    private static string Shown(Value value) => value.IsMissing ? "nothing" : JsonText.Write(value, JsonStyle.Export);
}
