// A compiled pipeline with a host that a test drives step by step.
using System.Globalization;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Runtime.Tests.Functions;

/// <summary>
/// Collector, parser, expert, output as functions, with queues in memory that behave like Storage queues: a message that failed or whose process ended
/// comes again, and after five deliveries lies in the poison queue.
/// </summary>
internal sealed class FunctionBench : IAsyncDisposable
{
    private const int MostDeliveries = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-functions-").FullName;
    private readonly Dictionary<string, LinkedList<Waiting>> _queues = new(StringComparer.Ordinal);
    private readonly HttpClients _http;
    private int _ids;

    /// <param name="transport">The transport that the pipeline is compiled for.</param>
    /// <param name="expertParameters">Further parameters of the experts.</param>
    /// <param name="experts">The experts, one after the other.</param>
    /// <param name="fuse">Whether those behind the first are fused.</param>
    public FunctionBench(string transport = "storage-queue", string expertParameters = "", IReadOnlyList<string>? experts = null, bool fuse = false)
    {
        experts ??= ["expert"];
        _http = new HttpClients(Clock);
        var path = Path.Combine(_folder, "runtime.yaml");
        File.WriteAllText(path, $$"""
            collector:
              module: test.collectors.script.collector
              parameters: {script: {{Script.Name}}, name: Test, destination_queues: [parser-queue]}
            parser:
              module: test.parsers.lines.parser
              parameters: {destination_queues: [{{experts[0]}}-queue]}
            output:
              module: test.outputs.script.output
              parameters: {script: {{Script.Name}}}

            """ + string.Concat(experts.Select((expert, i) => $$"""
            {{expert}}:
              module: test.experts.script.expert
              fuse: {{(fuse && i > 0 ? "true" : "false")}}
              parameters: {script: {{Script.Name}}, destination_queues: [{{experts.ElementAtOrDefault(i + 1) ?? "output"}}-queue]{{expertParameters}}}

            """)));
        Catalogue = BotCatalogue.Scan([typeof(FunctionBench).Assembly]);
        var loaded = PipelineFile.Load(path, Catalogue, new Dictionary<string, string>());
        Pipeline = loaded.Pipeline ?? throw new InvalidOperationException(string.Join('\n', loaded.Problems));
        Compiled = AppCompiler.Compile(Pipeline, path, new CompileOptions { Transport = transport, LocalPaths = true }).App;
        Services = LocalFunctionServices.Open(_folder, _folder, NullLoggerFactory.Instance, Clock, _http);
        App = Start();
    }

    public Script Script { get; } = new();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));

    public BotCatalogue Catalogue { get; }

    public Pipeline.Pipeline Pipeline { get; }

    public CompiledApp Compiled { get; }

    public FunctionServices Services { get; set; }

    /// <summary>The app; a test that ends its process starts another one.</summary>
    public FunctionApp App { get; set; }

    /// <summary>Called after each call, before its outputs are written; true stands for the end of the host at that moment.</summary>
    public Func<CompiledFunction, bool> HostEnds { get; set; } = _ => false;

    /// <summary>The calls that were made, per function.</summary>
    public Dictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

    /// <summary>The messages that were sent to each queue.</summary>
    public Dictionary<string, int> Sent { get; } = new(StringComparer.Ordinal);

    /// <summary>The figures that the calls answered, per bot.</summary>
    public Dictionary<string, InvocationCounts> Counts { get; } = new(StringComparer.Ordinal);

    public FunctionApp Start() => new(Compiled, Pipeline, Catalogue, Services);

    public async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync()
    {
        var letters = new List<DeadLetter>();
        await foreach (var letter in Services.DeadLetters.ListAsync(null, TestContext.Current.CancellationToken))
        {
            letters.Add(letter);
        }

        return letters;
    }

    /// <summary>Puts a text into a queue, as somebody else would.</summary>
    public void Put(string queue, string text) => Of(queue).AddLast(new Waiting((++_ids).ToString(CultureInfo.InvariantCulture), text, 0));

    /// <summary>Runs the collector.</summary>
    public Task CollectAsync(string occurrence = "once-1") => CallAsync(Function("collector"), [], occurrence);

    /// <summary>Handles what lies in the queues until they are empty; parked messages wait.</summary>
    public async Task DrainAsync(FunctionApp? other = null)
    {
        for (var turn = 0; ; turn++)
        {
            var function = Compiled.Functions.FirstOrDefault(function => function.Trigger.Queue is not null && Of(QueueOf(function)).Count > 0);
            if (function is null)
            {
                return;
            }

            // Two instances take turns.
            await HandleAsync(function, other is not null && turn % 2 == 1 ? other : App);
        }
    }

    /// <summary>Lets time pass, with the park function at its times.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(15))
        {
            Clock.Advance(TimeSpan.FromSeconds(15));
            await CallAsync(Compiled.Functions.Single(function => function.Kind == FunctionKind.Park), [], null);
            await DrainAsync();
        }
    }

    /// <summary>Handles the first message of a function's queue.</summary>
    public async Task HandleAsync(CompiledFunction function, FunctionApp app)
    {
        var queue = Of(QueueOf(function));
        var message = queue.First!.Value with { Deliveries = queue.First.Value.Deliveries + 1 };
        queue.RemoveFirst();
        try
        {
            var texts = new[] { new ReceivedText(message.Id, Encoding.UTF8.GetBytes(message.Text), message.Deliveries) };
            if (!await CallAsync(function, texts, null, app))
            {
                GiveBack(function, message);
            }
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            GiveBack(function, message);
        }
    }

    public CompiledFunction Function(string bot) => Compiled.Functions.Single(function => function.Bot == bot && function.Kind is FunctionKind.Work or FunctionKind.Collect && function.Bot == bot);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _http.Dispose();
        Script.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What the process was doing when it ended: the message comes again.</summary>
    public void GiveBack(CompiledFunction function, Waiting message)
    {
        if (message.Deliveries >= MostDeliveries && function.Kind == FunctionKind.Work)
        {
            Put(QueueOf(function) + "-poison", message.Text);
        }
        else
        {
            Of(QueueOf(function)).AddLast(message);
        }
    }

    public LinkedList<Waiting> Of(string queue) => _queues.TryGetValue(queue, out var found) ? found : _queues[queue] = [];

    private static string QueueOf(CompiledFunction function) => function.Trigger.Queue + (function.Kind == FunctionKind.Poison ? "-poison" : "");

    private async Task<bool> CallAsync(CompiledFunction function, IReadOnlyList<ReceivedText> texts, string? occurrence, FunctionApp? app = null)
    {
        Calls[function.Name] = Calls.GetValueOrDefault(function.Name) + 1;
        var answer = await (app ?? App).CallAsync(new FunctionCall(function.Name, texts, occurrence), TestContext.Current.CancellationToken);
        var counts = Counts.TryGetValue(function.Name, out var found) ? found : Counts[function.Name] = new InvocationCounts();
        counts.Add(answer.Counts);
        foreach (var member in answer.Members)
        {
            (Counts.TryGetValue(member.Bot, out var others) ? others : Counts[member.Bot] = new InvocationCounts()).Add(member.Counts);
        }

        if (HostEnds(function))
        {
            return false;
        }

        foreach (var (binding, outputs) in answer.Outputs)
        {
            var queue = function.Outputs.Single(output => output.Value == binding).Key;
            Sent[queue] = Sent.GetValueOrDefault(queue) + outputs.Count;
            outputs.ForEach(text => Put(queue, text));
        }

        return true;
    }

    /// <summary>A message in a queue.</summary>
    public sealed record Waiting(string Id, string Text, int Deliveries);
}
