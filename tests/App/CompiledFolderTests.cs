// What the compiler writes for each transport loads in the app, and each of its functions answers.
using System.Text;
using System.Text.Json;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App.Tests;

public sealed class CompiledFolderTests : IDisposable
{
    private static readonly BotCatalogue s_catalogue =
        BotCatalogue.Scan([typeof(Collectors.FileCollector).Assembly, typeof(Parsers.OpenPhishParser).Assembly, typeof(Experts.TaxonomyExpert).Assembly, typeof(Outputs.FileOutput).Assembly]);

    // Ids and queues that a host, a broker or a file system would not take, and some that only differ where those do not look.
    private static readonly (string Id, string Queue)[] s_experts =
    [
        ("0day", "0day.1"), ("1-2", "1.2"), ("a-1", "a.1"), ("A-1", "a_1"), ("a--1", "a-1"), ("a-", "A-1"), ("expert-1", "expert.1"), ("expert-2", "expert.2"), ("expert", ".1"),
        (new string('x', 200), new string('q', 200)), (new string('x', 199) + "y", new string('q', 199) + "é"), ("host", "größe"), ("pipeline", "gröſse"), ("bin", "эксперт"), ("con", "専門家"),
        ("park-frames", "专家"), ("app", "😀"), ("x0123456789ab", "a/b"), ("n-x0123456789ab", "..\\b"), ("data", "relay-poison"), ("1", "$DeadLetterQueue"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-compiled-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("storage-queue", "flex-consumption")]
    [InlineData("service-bus", "flex-consumption")]
    [InlineData("event-hubs", "flex-consumption")]
    [InlineData("kafka", "flex-consumption")]
    [InlineData("rabbitmq", "premium")]
    public async Task Every_function_of_a_compiled_folder_answers_as_its_own_bot(string transport, string plan)
    {
        await using var server = new HeldServer();
        server.Release();
        var compiled = Compile(server.Url, transport, plan);
        var names = compiled.Functions.Select(function => function.Name).ToArray();
        Assert.Equal(names.Length, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(names, name => Assert.Matches(@"^[a-z][a-z0-9_\-]{0,127}\z", name));
        Assert.Equal(s_experts.Length + 3, compiled.Functions.Count(function => function.RunsBot));

        await using var app = await AppProcess.StartReadyAsync(_folder);
        var raw = "";
        foreach (var function in compiled.Functions.OrderByDescending(function => function.Kind == FunctionKind.Collect))
        {
            var text = function.Bot == "parse" ? raw : ContractApp.Event("""{"comment":"whole","classification.type":"phishing"}""");
            var answer = await app.CallAsync(function.Name, Body(function, text));
            if (function.Kind == FunctionKind.Status)
            {
                // What the caller over HTTP gets: the host takes "statusCode", texts as headers, and a text as the body.
                using var told = JsonDocument.Parse(answer.Text);
                var response = told.RootElement.GetProperty("Outputs").GetProperty("res");
                Assert.Equal(200, response.GetProperty("statusCode").GetInt32());
                Assert.Equal("application/json", response.GetProperty("headers").GetProperty("Content-Type").GetString());
                using var status = JsonDocument.Parse(response.GetProperty("body").GetString()!);
                Assert.Equal(0, status.RootElement.GetProperty("dead_letters").GetInt32());
                Assert.Equal(JsonValueKind.Object, status.RootElement.GetProperty("parked").ValueKind);
                continue;
            }

            var outputs = answer.Outputs();
            Assert.DoesNotContain("\"stopped\"", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"failed\"", answer.Text, StringComparison.Ordinal);
            switch (function.Kind)
            {
                case FunctionKind.Collect:
                    raw = Unwrapped(Assert.Single(Assert.Single(outputs).Value));
                    break;
                case FunctionKind.Work when function.Bot == "write":
                    Assert.Equal(1, answer.Count("out"));
                    Assert.Empty(outputs);
                    break;
                case FunctionKind.Work:
                    Assert.Equal(function.Bot == "parse" ? s_experts.Length : 1, outputs.Count);
                    Assert.Subset(function.Outputs.Values.ToHashSet(), outputs.Keys.ToHashSet());
                    Assert.All(outputs.Values, texts => Assert.Equal(function.Bot, LastOfPath(Assert.Single(texts))));
                    break;
                case FunctionKind.Poison:
                    Assert.Equal([function.Outputs.Values.Single()], outputs.Keys);
                    break;
                default:
                    Assert.Empty(outputs);
                    break;
            }
        }

        Assert.True(app.IsAlive);
    }

    private CompiledApp Compile(string url, string transport, string plan)
    {
        // Each expert has a queue of its own, named after it. JSON is YAML too, and names of any kind can be written in it.
        static object Bot(string module, string key, object value, params string[] queues) =>
            new { module = "intelmq.bots." + module, parameters = new Dictionary<string, object> { [key] = value, ["destination_queues"] = queues } };
        var bots = new Dictionary<string, object>
        {
            ["collect"] = Bot("collectors.http.collector_http", "http_url", url, "parse-queue"),
            ["parse"] = Bot("parsers.openphish.parser", "default_fields", new { comment = "whole" }, s_experts.Select(expert => expert.Queue).ToArray()),
            ["write"] = new { module = "intelmq.bots.outputs.file.output", parameters = new { file = "events.jsonl" } },
        };
        foreach (var expert in s_experts)
        {
            bots[expert.Id] = new { module = "intelmq.bots.experts.taxonomy.expert", parameters = new { source_queue = expert.Queue, destination_queues = (string[])["write-queue"] } };
        }

        var text = JsonSerializer.Serialize(bots);
        var source = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "source")).FullName, "runtime.yaml");
        File.WriteAllText(source, text);
        var loaded = PipelineFile.Load(source, s_catalogue, new Dictionary<string, string>(), MissingSecrets.Accept);
        Assert.False(loaded.HasErrors, string.Join('\n', loaded.Problems));
        var compiled = AppCompiler.Compile(loaded.Pipeline!, source, new CompileOptions { Transport = transport, HostingPlan = plan, Files = "blob:intelmq" });
        Assert.False(compiled.HasErrors, string.Join('\n', compiled.Problems));
        compiled.Write(_folder);
        return compiled.App;
    }

    private static string Body(CompiledFunction function, string text) => function.Trigger.Type switch
    {
        "timerTrigger" => """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"Tick"}}}""",
        "httpTrigger" => """{"Data":{"req":{"Url":"http://127.0.0.1:7071/api/status","Method":"GET","Query":{},"Headers":{"Accept":["*/*"]},"Params":{},"Identities":[]}},"Metadata":{"Query":{},"Headers":{"Accept":"*/*"},"sys":{"MethodName":"show_status"}}}""",
        "queueTrigger" => HostBody.Queue(text),
        "kafkaTrigger" => HostBody.Many([HostBody.KafkaEnvelope(text)]),
        "eventHubTrigger" => HostBody.Many([text], """{"SequenceNumberArray":"[7]","PartitionContext":{"PartitionId":"3"}}"""),
        _ => HostBody.Call(HostBody.Quote(HostBody.Quote(text)), """{"DeliveryCount":"1","SequenceNumber":"7","DeliveryTag":"7","Redelivered":"false"}"""),
    };

    // What the output binding makes a message of.
    private static string Unwrapped(string text) => KafkaEnvelope.TryRead(Encoding.UTF8.GetBytes(text))?.Value ?? text;

    private static string? LastOfPath(string text)
    {
        var (_, buffer, length) = FrameText.Read(Encoding.UTF8.GetBytes(Unwrapped(text)));
        using var message = JsonDocument.Parse(buffer.AsMemory(0, length));
        return message.RootElement.GetProperty("meta").GetProperty("intelmq:path").EnumerateArray().Last().GetString();
    }
}
