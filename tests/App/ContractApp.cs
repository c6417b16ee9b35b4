// One app with a function for every trigger, shared by the tests that only call it.
using System.Text;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using IntelMq.Stores;

[assembly: AssemblyFixture(typeof(IntelMq.App.Tests.ContractApp))]

namespace IntelMq.App.Tests;

/// <summary>
/// An app as the compiler would make it, but that it mixes all transports: the expert <c>relay</c> behind every trigger, a collector, the functions that
/// serve the app, and an output that writes a file.
/// </summary>
public sealed class ContractApp : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-app-").FullName;
    private AppProcess? _process;

    /// <summary>The process.</summary>
    internal AppProcess Process => _process!;

    /// <summary>What the output wrote.</summary>
    internal string[] Written => File.Exists(Path.Combine(Data, "events.jsonl")) ? File.ReadAllLines(Path.Combine(Data, "events.jsonl")) : [];

    private string Data => Path.Combine(_folder, "data");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "input"));
        File.WriteAllText(Path.Combine(_folder, "input", "feed.txt"), "http://a.example.com/\nhttp://b.example.com/\n");
        File.WriteAllText(Path.Combine(_folder, "runtime.yaml"), $$$"""
            collect:
              module: intelmq.bots.collectors.file.collector_file
              parameters: {path: '{{{_folder}}}/input', postfix: .txt, rate_limit: 86400, destination_queues: [parse-queue]}
            parse: {module: intelmq.bots.parsers.openphish.parser, parameters: {destination_queues: [relay-queue]}}
            relay: {module: intelmq.bots.experts.taxonomy.expert, parameters: {destination_queues: [write-queue]}}
            write: {module: intelmq.bots.outputs.file.output, parameters: {file: events.jsonl}}
            """);
        File.WriteAllText(Path.Combine(_folder, CompiledApp.FileName), App().ToJson());
        _process = await AppProcess.StartReadyAsync(_folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The dead letters that the app keeps.</summary>
    internal async Task<List<DeadLetter>> DeadLettersAsync()
    {
        var letters = new List<DeadLetter>();
        await foreach (var letter in new SqliteDeadLetterStore(new SqliteFile(LocalFunctionServices.FileOf(Data))).ListAsync(null, TestContext.Current.CancellationToken))
        {
            letters.Add(letter);
        }

        return letters;
    }

    /// <summary>A frame with one event.</summary>
    internal static string Event(string payload, string uuid = "5a8e6b0a-1c5f-4f0e-9d2b-7f6a3c1e0d4b") =>
        $$$"""{"format":"intelmq","version":1,"type":"event","meta":{"uuid":"{{{uuid}}}"},"payload":{{{payload}}}}""" + "\n";

    private static CompiledApp App()
    {
        CompiledFunction[] relays =
        [
            Relay("queue", "queueTrigger", many: false),
            Relay("service-bus", "serviceBusTrigger", many: false),
            Relay("service-bus-many", "serviceBusTrigger", many: true),
            Relay("event-hub", "eventHubTrigger", many: false),
            Relay("event-hub-many", "eventHubTrigger", many: true),
            Relay("kafka", "kafkaTrigger", many: false),
            Relay("kafka-many", "kafkaTrigger", many: true),
            Relay("rabbitmq", "rabbitMQTrigger", many: false),
            Relay("pigeon", "pigeonTrigger", many: false),
        ];
        return new CompiledApp
        {
            Transport = "storage-queue",
            Pipeline = "runtime.yaml",
            Assemblies = ["IntelMq.Collectors", "IntelMq.Experts", "IntelMq.Outputs", "IntelMq.Parsers"],
            Functions =
            [
                .. relays,
                relays[0] with { Name = "poison_relay", Kind = FunctionKind.Poison, Outputs = new Dictionary<string, string> { ["relay-queue"] = "toRelay" } },
                new CompiledFunction { Name = "collect", Kind = FunctionKind.Collect, Bot = "collect", Trigger = Timer, Outputs = new Dictionary<string, string> { ["parse-queue"] = "toParse" } },
                relays[0] with { Name = "write", Bot = "write", Trigger = new CompiledTrigger("rabbitMQTrigger", "frames", "write-queue"), Outputs = new Dictionary<string, string>() },
                new CompiledFunction { Name = "park_frames", Kind = FunctionKind.Park, Trigger = Timer },
                new CompiledFunction { Name = "purge_state", Kind = FunctionKind.Purge, Trigger = Timer },
            ],
            Queues =
            [
                new CompiledQueue("parse-queue", "storage-queue", "parse-queue", 48 * 1024),
                new CompiledQueue("relay-queue", "storage-queue", "relay-queue", 48 * 1024),
                new CompiledQueue("write-queue", "storage-queue", "write-queue", 48 * 1024),
            ],
        };
    }

    private static CompiledTrigger Timer => new("timerTrigger", "timer", Schedule: "0 0 0 * * *");

    private static CompiledFunction Relay(string name, string type, bool many) => new()
    {
        Name = name,
        Kind = FunctionKind.Work,
        Bot = "relay",
        Trigger = new CompiledTrigger(type, "frames", "relay-queue", many),
        Outputs = new Dictionary<string, string> { ["relay-queue"] = "toRelay", ["write-queue"] = "toWrite" },
    };
}
