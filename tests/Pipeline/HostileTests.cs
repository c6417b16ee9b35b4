// Random text and changed pipeline files: problems or a pipeline, never an exception; and the order of keys does not matter.
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace IntelMq.Pipeline.Tests;

public sealed class HostileTests
{
    private static readonly string s_installation = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Installation", "runtime.yaml"));

    private static readonly string[] s_pieces =
    [
        ":", ": ", "- ", "[", "]", "{", "}", ",", "&a", "*a", "<<: ", "!!str ", "!x ", "|", ">", "'", "\"", "#", "?", "---\n", "...\n", "\n", "\n  ", "\t", " ", "%YAML 1.1\n", "\\", "\u0085",
        "global", "hooks", "destination_queues", "parameters", "module", "null", "true", "1e999", "0x", "é", "\ud83d\ude00",
    ];

    private static bool Ends(byte[] file)
    {
        var loaded = Loading.Load(file);
        return loaded.HasErrors == (loaded.Pipeline is null) && loaded.Problems.All(problem => problem.Message.Length > 0 && problem.Line >= 0);
    }

    [Property(MaxTest = 500)]
    public Property Random_bytes_end_in_problems() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), file => Ends(file ?? []));

    [Property(MaxTest = 2000)]
    public Property Random_yaml_ends_in_problems() => Prop.ForAll(
        Gen.Elements(s_pieces).ListOf().Select(string.Concat).ToArbitrary(),
        text => Ends(Encoding.UTF8.GetBytes(text)));

    [Property(MaxTest = 700)]
    public Property Changed_pipelines_end_in_problems_or_a_pipeline()
    {
        var change = Gen.Choose(0, s_installation.Length - 1).Zip(Gen.Choose(0, 12)).Zip(Gen.Elements(s_pieces)).Select(item => (Place: item.Item1.Item1, Length: item.Item1.Item2, Piece: item.Item2));
        return Prop.ForAll(
            change.NonEmptyListOf().ToArbitrary(),
            changes =>
            {
                var text = s_installation;
                foreach (var (place, length, piece) in changes.Take(5))
                {
                    var start = Math.Min(place, text.Length);
                    text = text[..start] + piece + text[Math.Min(start + length, text.Length)..];
                }

                return Ends(Encoding.UTF8.GetBytes(text));
            });
    }

    [Property(MaxTest = 300)]
    public Property Random_harmonization_ends_in_problems() => Prop.ForAll(
        Gen.Elements("{", "}", "[", "]", ":", ",", "\"event\"", "\"type\"", "\"String\"", "\"regex\"", "\"(?=a)\"", "\"ab.c\"", "1", "null", "\t").ListOf().Select(string.Concat).ToArbitrary(),
        text =>
        {
            var loaded = Loading.Load(Loading.Good, text);
            return loaded.HasErrors == (loaded.Pipeline is null);
        });

    [Property(MaxTest = 100)]
    public Property The_order_of_keys_does_not_matter()
    {
        // Blocks of the good pipeline: the bots, and the lines of each bot's parameters.
        string[] bots =
        [
            $"fetch:\n  module: {Loading.Collector}\n  name: A feed\n  parameters:\n    http_url: https://feed.example.com/\n    rate_limit: 600\n    destination_queues: parse-queue\n",
            $"parse:\n  parameters: {{accuracy: 50, destination_queues: [write-queue]}}\n  module: {Loading.Parser}\n",
            $"write:\n  module: {Loading.Output}\n",
            "global:\n  http_proxy: http://proxy.example.com:3128\n  accuracy: 70\n",
        ];
        var expected = Summary(string.Concat(bots));
        return Prop.ForAll(
            Gen.Shuffle(bots).Zip(Gen.Shuffle(new[] { "    http_url: https://feed.example.com/\n", "    rate_limit: 600\n", "    destination_queues: parse-queue\n" })).ToArbitrary(),
            shuffled => Summary(string.Concat(shuffled.Item1).Replace("    http_url: https://feed.example.com/\n    rate_limit: 600\n    destination_queues: parse-queue\n", string.Concat(shuffled.Item2), StringComparison.Ordinal)) == expected);
    }

    [Fact]
    public void Long_names_and_many_bots_take_no_long_time()
    {
        var name = new string('x', 1_000_000);
        Assert.True(Ends(Encoding.UTF8.GetBytes(Loading.Good.Replace("write-queue", name + "y", StringComparison.Ordinal) + $"{name}:\n  module: {Loading.Output}\n  source_queue: {name}z\n")));

        var many = new StringBuilder();
        for (var i = 0; i < 5_000; i++)
        {
            many.Append($"bot-{i}: {{module: intelmq.bots.experts.x{i}.expert, parameters: {{destination_queues: bot-{i + 1}-que}}}}\n");
        }

        Assert.True(Ends(Encoding.UTF8.GetBytes(many.ToString())));
    }

    private static string Summary(string yaml)
    {
        var pipeline = Loading.Load(yaml).Pipeline();
        var bots = pipeline.Bots.OrderBy(bot => bot.Id, StringComparer.Ordinal).Select(bot =>
            $"{bot.Id} {bot.Parameters} {bot.SourceQueue} {string.Join(' ', bot.Destinations.SelectMany(path => path.Value))} {bot.Schedule}");
        return string.Join('\n', bots) + string.Join(' ', pipeline.Graph.TopologicalOrder);
    }
}
