// Replays cases/outputs.*.json and the outputs' entries of vectors/bots.json.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Outputs;
using IntelMq.Servers.Tests;
using StackExchange.Redis;
using Xunit;

[assembly: AssemblyFixture(typeof(LocalRedis))]

namespace IntelMq.Conformance;

/// <summary>Every output of the catalogue writes the files that IntelMQ's wrote.</summary>
public sealed class OutputCases(LocalRedis redis)
{
    private const string RedisModule = "intelmq.bots.outputs.redis.output";

    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileOutput).Assembly]);

    private readonly BotReplay _replay = new(s_catalogue, "outputs");

    // What needs a server is replayed below.
    public static TheoryData<string> Outputs => [.. s_catalogue.All.Select(bot => bot.Id).Where(id => id != RedisModule)];

    [Theory]
    [MemberData(nameof(Outputs))]
    public Task Outputs_behave_as_in_the_recorded_tests(string module) => _replay.CasesAsync(module, (comparison, bot, i, entry, run) =>
    {
        var input = _replay.InputOf(entry);
        comparison.Compare(bot, i, input, "failed messages", entry["dumps"].AsList().Count, run.Failed);
        comparison.Compare(bot, i, input, "files", Recorded(entry["files_written"]), Value.Of(run.Written));
    });

    // What lay in the list afterwards was not recorded; IntelMQ's test takes the event from it that it gave.
    [Fact]
    public async Task The_redis_output_pushes_the_events_of_the_recorded_tests()
    {
        var socket = await redis.SocketAsync();
        var options = new ConfigurationOptions();
        options.EndPoints.Add(new System.Net.Sockets.UnixDomainSocketEndPoint(socket));
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var replay = new BotReplay(s_catalogue, "outputs") { Servers = new Dictionary<string, Value> { ["redis_server_ip"] = socket } };
        var events = 0;
        await replay.CasesAsync(RedisModule, (comparison, bot, i, entry, run) =>
        {
            comparison.Compare(bot, i, replay.InputOf(entry), "failed messages", entry["dumps"].AsList().Count, run.Failed);
            var parameters = entry["parameters"].AsMap()!;
            var database = connection.GetDatabase((int)parameters["redis_db"].AsInteger()!.Value);
            foreach (var input in entry["input"].AsList())
            {
                var pushed = database.ListRightPop(parameters["redis_queue"].AsText());
                comparison.Compare(bot, i, replay.InputOf(entry), "event", input, JsonText.TryParse(((string?)pushed) ?? "null")!.Value);
                events++;
            }
        });
        Assert.True(events > 0);
    }

    [Fact]
    public Task Outputs_behave_as_in_the_recorded_vectors() => _replay.VectorsAsync((comparison, bot, i, entry, run) =>
    {
        var input = Value.Of([entry["parameters"]]);
        comparison.Compare(bot, i, input, "failed messages", entry["output"].AsList().Count(output => !output.AsMap()!["exception"].IsMissing), run.Failed);
        comparison.Compare(bot, i, input, "files", entry["files_written"], Value.Of(run.Written));
    });

    // {"{tmp}/a.txt": {"text": "…"}} as {"a.txt": "…"}.
    private static Value Recorded(Value files)
    {
        var recorded = new ValueMap();
        foreach (var (path, content) in files.AsMap() ?? [])
        {
            recorded[path == "{tmp}" ? "." : path.Replace("{tmp}/", "", StringComparison.Ordinal)] = content.AsMap()!["text"];
        }

        return Value.Of(recorded);
    }
}
