// intelmq run: runs a pipeline here.
using System.CommandLine;
using IntelMq.Cli.Terminal;
using IntelMq.FunctionsHost.Running;
using IntelMq.Runtime;
using Microsoft.Extensions.Logging;

namespace IntelMq.Cli.Verbs;

/// <summary>Runs a pipeline on this machine, once or until Ctrl-C.</summary>
internal static class RunVerb
{
    public static Command Command()
    {
        var file = Shared.File();
        var once = new Option<bool>("--once") { Description = "Run every collector once and end when all queues are empty." };
        var data = Shared.Data();
        var transport = new Option<string>("--transport") { Description = "What carries the messages.", DefaultValueFactory = _ => "sqlite" };
        transport.AcceptOnlyFromAmong("sqlite");
        var invoke = new Option<string>("--invoke") { Description = "How bots are called.", DefaultValueFactory = _ => "in-process" };
        invoke.AcceptOnlyFromAmong("in-process");
        var json = Shared.Json();
        var verbose = new Option<bool>("--verbose") { Description = "Show what bots say besides warnings and errors." };
        var command = new Command("run", "Run a pipeline on this machine.") { file, once, data, transport, invoke, json, verbose };
        command.SetAction((arguments, cancellation) => RunAsync(
            arguments.GetValue(file)!, arguments.GetValue(once), arguments.GetValue(data)!, arguments.GetValue(json), arguments.GetValue(verbose), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string file, bool once, string data, bool json, bool verbose, CancellationToken cancellation)
    {
        var catalogue = Shared.Catalogue();
        if (Shared.Load(file, catalogue).Pipeline is not { } pipeline)
        {
            return ExitCodes.WrongInput;
        }

        var view = RunView.For(json);
        using var logs = new TerminalLogs(view, verbose ? LogLevel.Information : LogLevel.Warning);
        var options = new LocalHostOptions
        {
            Bots = HostedPipeline.BotsOf(pipeline, catalogue),
            DataFolder = Path.GetFullPath(data),
            InputFolder = pipeline.Directory,
            Fields = pipeline.Fields,
            Logs = logs,
        };
        await using var host = await LocalHost.OpenAsync(options, cancellation);
        var summary = await view.ShowAsync(host, once ? host.RunOnceAsync(cancellation) : host.RunAsync(cancellation));
        SummaryTable.Print(summary, host.Store.DeadLetters.Count, json, data);
        return summary.Problems.Count == 0 ? ExitCodes.Good : ExitCodes.RunFailed;
    }
}
