// The host gets the functions of the compiled folder.
using System.Text.Json.Nodes;
using IntelMq.Pipeline;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace IntelMq.App.Isolated.Tests;

public sealed class CompiledFunctionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-worker-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string functionJson)
    {
        var app = new CompiledApp
        {
            Transport = "event-hubs",
            Pipeline = "pipeline/runtime.yaml",
            Assemblies = [],
            Queues = [],
            Functions = [new CompiledFunction { Name = "relay", Kind = FunctionKind.Work, Bot = "relay", Trigger = new CompiledTrigger("eventHubTrigger", "frames", "relay-queue", true) }],
        };
        File.WriteAllText(Path.Combine(_folder, CompiledApp.FileName), app.ToJson());
        Directory.CreateDirectory(Path.Combine(_folder, "relay"));
        File.WriteAllText(Path.Combine(_folder, "relay", "function.json"), functionJson);
    }

    [Fact]
    public void A_function_has_its_bindings_and_its_retry_policy()
    {
        Write("""
            {"bindings":[{"type":"eventHubTrigger","direction":"in","name":"frames","eventHubName":"relay","cardinality":"many","dataType":"string"},
              {"type":"eventHub","direction":"out","name":"toWrite","eventHubName":"write"}],
             "retry":{"strategy":"exponentialBackoff","maxRetryCount":-1,"minimumInterval":"00:00:05","maximumInterval":"00:05:00"}}
            """);
        var function = Assert.Single(CompiledFunctions.Read(_folder));
        Assert.Equal(("relay", "dotnet-isolated", "IntelMq.App.Isolated.dll"), (function.Name, function.Language, function.ScriptFile));
        Assert.Equal(2, function.RawBindings!.Count);

        // The worker reads these two words in this case only.
        var trigger = JsonNode.Parse(function.RawBindings[0])!;
        Assert.Equal(("In", "String", "many", "relay"), (Text(trigger, "direction"), Text(trigger, "dataType"), Text(trigger, "cardinality"), Text(trigger, "eventHubName")));
        Assert.Equal("Out", Text(JsonNode.Parse(function.RawBindings[1])!, "direction"));
        Assert.Equal(
            (-1, RetryStrategy.ExponentialBackoff, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)),
            (function.Retry!.MaxRetryCount, function.Retry.Strategy!.Value, function.Retry.MinimumInterval!.Value, function.Retry.MaximumInterval!.Value));
    }

    [Fact]
    public void The_method_that_the_worker_looks_up_is_there()
    {
        Write("""{"bindings":[{"type":"timerTrigger","direction":"in","name":"timer","schedule":"0 0 0 * * *"}]}""");
        var function = Assert.Single(CompiledFunctions.Read(_folder));
        var dot = function.EntryPoint!.LastIndexOf('.');
        var method = typeof(Invocation).Assembly.GetType(function.EntryPoint[..dot])!.GetMethod(function.EntryPoint[(dot + 1)..])!;
        Assert.Empty(method.GetParameters());
        Assert.Null(function.Retry);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"bindings":[1]}""")]
    [InlineData("""{"bindings":[],"retry":{"maxRetryCount":"x"}}""")]
    [InlineData("""{"bindings":[],"retry":{"maxRetryCount":1,"minimumInterval":"soon"}}""")]
    public void A_broken_file_is_named(string content)
    {
        Write(content);
        Assert.Contains(Path.Combine("relay", "function.json"), Assert.Throws<InvalidDataException>(() => CompiledFunctions.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Write("{}");
        File.Delete(Path.Combine(_folder, "relay", "function.json"));
        Assert.Contains("Compile the pipeline again", Assert.Throws<InvalidDataException>(() => CompiledFunctions.Read(_folder)).Message, StringComparison.Ordinal);
    }

    private static string? Text(JsonNode node, string key) => node[key]?.GetValue<string>();
}
