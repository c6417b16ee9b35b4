// intelmq run: runs a pipeline here.
using System.Collections;
using System.CommandLine;
using System.Globalization;
using IntelMq.App;
using IntelMq.Bots;
using IntelMq.Cli.Terminal;
using IntelMq.FunctionsHost.Running;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.Cli.Verbs;

/// <summary>Runs a pipeline on this machine, once or until Ctrl-C.</summary>
internal static class RunVerb
{
    private const string Sqlite = "sqlite";
    private const string InProcess = "in-process";

    public static Command Command()
    {
        var file = Shared.File();
        var once = new Option<bool>("--once") { Description = "Run every collector once and end when all queues are empty." };
        var data = Shared.Data();
        var transport = new Option<string>("--transport") { Description = "What carries the messages.", DefaultValueFactory = _ => Sqlite };
        transport.AcceptOnlyFromAmong([.. AppCompiler.Transports]);
        var invoke = new Option<string>("--invoke") { Description = "How bots are called.", DefaultValueFactory = _ => InProcess };
        invoke.AcceptOnlyFromAmong(InProcess, "http");
        var connection = new Option<string[]>("--connection")
        {
            Description = "A broker that runs already: a connection string, a namespace, Kafka's HOST:PORT, RabbitMQ's URI; TRANSPORT=TEXT for another transport than --transport. Without it those of Storage queues and Kafka are started.",
            HelpName = "TEXT",
        };
        var json = Shared.Json();
        var verbose = new Option<bool>("--verbose") { Description = "Show what bots say besides warnings and errors." };
        var command = new Command("run", "Run a pipeline on this machine.") { file, once, data, transport, invoke, connection, json, verbose };
        command.SetAction((arguments, cancellation) => RunAsync(
            new Wanted(
                arguments.GetValue(file)!,
                arguments.GetValue(once),
                arguments.GetValue(data)!,
                arguments.GetValue(transport)!,
                arguments.GetValue(invoke)! != InProcess,
                arguments.GetValue(connection) ?? [],
                arguments.GetValue(json),
                arguments.GetValue(verbose)),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Wanted wanted, CancellationToken cancellation)
    {
        var catalogue = Shared.Catalogue();
        if (Shared.Load(wanted.File, catalogue).Pipeline is not { } pipeline)
        {
            return ExitCodes.WrongInput;
        }

        var view = RunView.For(wanted.Json);
        using var logs = new TerminalLogs(view, wanted.Verbose ? LogLevel.Information : LogLevel.Warning);

        // Over HTTP the app sends what it traces and measures itself.
        using var export = wanted.Http ? null : StartExport();
        if (wanted.Transport == Sqlite && !wanted.Http)
        {
            var options = new LocalHostOptions
            {
                Bots = HostedPipeline.BotsOf(pipeline, catalogue),
                DataFolder = Path.GetFullPath(wanted.Data),
                InputFolder = pipeline.Directory,
                Fields = pipeline.Fields,
                Logs = logs,
            };
            await using var host = await LocalHost.OpenAsync(options, cancellation);
            return await ShowAsync(wanted, view, host, () => ValueTask.FromResult(host.Store.DeadLetters.Count), cancellation);
        }

        await using var run = await FunctionRun.OpenAsync(
            new FunctionRunOptions
            {
                Pipeline = pipeline,
                PipelinePath = wanted.File,
                Catalogue = catalogue,
                DataFolder = Path.GetFullPath(wanted.Data),
                Transport = wanted.Transport,
                App = wanted.Http ? Path.Combine(AppContext.BaseDirectory, "app", "IntelMq.App.dll") : null,
                BotsFolder = Environment.GetEnvironmentVariable("INTELMQ_BOTS_FOLDER") ?? Path.Combine(AppContext.BaseDirectory, AppFolder.PluginFolderName),
                Connections = ConnectionsOf(wanted),
                Logs = logs,
            },
            cancellation);
        return await ShowAsync(wanted, view, run.Host, () => run.DeadLetters.CountAsync(CancellationToken.None), cancellation);
    }

    // Connection strings have equals signs too, but no transport before the first of them.
    private static Dictionary<string, string> ConnectionsOf(Wanted wanted)
    {
        var connections = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in wanted.Connections)
        {
            var split = text.IndexOf('=', StringComparison.Ordinal);
            var isNamed = split > 0 && AppCompiler.Transports.Contains(text[..split]);
            connections[isNamed ? text[..split] : wanted.Transport] = isNamed ? text[(split + 1)..] : text;
        }

        return connections;
    }

    private static IDisposable? StartExport()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(item => (string)item.Key, item => (string?)item.Value ?? "", StringComparer.Ordinal);
        return ExportWanted.Read(variables).Start(string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}"), site: null);
    }

    private static async Task<int> ShowAsync(Wanted wanted, RunView view, IRunningPipeline host, Func<ValueTask<long>> deadLetters, CancellationToken cancellation)
    {
        var summary = await view.ShowAsync(host, wanted.Once ? host.RunOnceAsync(cancellation) : host.RunAsync(cancellation));
        SummaryTable.Print(summary, await deadLetters(), wanted.Json, wanted.Data);
        return summary.Problems.Count == 0 ? ExitCodes.Good : ExitCodes.RunFailed;
    }

    private sealed record Wanted(string File, bool Once, string Data, string Transport, bool Http, string[] Connections, bool Json, bool Verbose);
}
