// intelmq compile: makes a function app of a pipeline file.
using System.CommandLine;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Verbs;

/// <summary>Writes the folder of a function app.</summary>
internal static class CompileVerb
{
    private const string ReadMe = "README.md";

    public static Command Command()
    {
        var file = Shared.File();
        var output = new Option<string>("--out") { Description = "The folder to write; files in it that are not of an earlier compile are never touched.", HelpName = "DIR", Required = true };
        var transport = new Option<string?>("--transport") { Description = "What carries the messages of bots that name no transport (default: the pipeline's, or storage-queue)." };
        transport.AcceptOnlyFromAmong([.. AppCompiler.Transports]);
        var plan = new Option<string?>("--plan") { Description = $"The hosting plan (default: the pipeline's, or {CompileOptions.DefaultPlan})." };
        plan.AcceptOnlyFromAmong([.. AppCompiler.HostingPlans]);
        var apps = new Option<string?>("--apps") { Description = "One function app for all bots, or one per bot, which may touch nothing of the others (default: the pipeline's, or one)." };
        apps.AcceptOnlyFromAmong([.. AppCompiler.Spreads]);
        var authentication = new Option<string>("--authentication") { Description = "How the app proves who it is; connection-string is for emulators.", DefaultValueFactory = _ => CompileOptions.DefaultAuthentication };
        authentication.AcceptOnlyFromAmong([.. AppCompiler.Authentications]);
        var worker = new Option<string>("--worker") { Description = "How the host runs the app: custom-handler, or isolated for the .NET isolated worker.", DefaultValueFactory = _ => CompileOptions.DefaultWorker };
        worker.AcceptOnlyFromAmong([.. AppCompiler.Workers]);
        var files = new Option<string?>("--files") { Description = "Where relative paths of the pipeline start, for example blob:intelmq.", HelpName = "blob:CONTAINER" };
        var strict = new Option<bool>("--strict") { Description = "Warnings are errors." };
        var json = Shared.Json();
        var command = new Command("compile", "Make the folder of a function app of a pipeline file.") { file, output, transport, plan, apps, authentication, worker, files, strict, json };
        command.SetAction(arguments => Compile(
            arguments.GetValue(file)!,
            arguments.GetValue(output)!,
            new CompileOptions
            {
                Transport = arguments.GetValue(transport),
                HostingPlan = arguments.GetValue(plan),
                Apps = arguments.GetValue(apps),
                Authentication = arguments.GetValue(authentication)!,
                Worker = arguments.GetValue(worker)!,
                Files = arguments.GetValue(files),
            },
            arguments.GetValue(strict),
            arguments.GetValue(json)));
        return command;
    }

    private static int Compile(string file, string output, CompileOptions options, bool strict, bool json)
    {
        var loaded = PipelineFile.Load(file, Shared.Catalogue(), Shared.EnvironmentVariables(), MissingSecrets.Accept);
        var folder = loaded.Pipeline is { } pipeline ? AppCompiler.Compile(pipeline, file, options) : null;
        Problem[] problems = [.. loaded.Problems, .. folder?.Problems ?? []];
        if (!json)
        {
            foreach (var problem in problems)
            {
                Console.Error.WriteLine(problem);
            }
        }

        if (folder is null || folder.HasErrors || (strict && problems.Length > 0))
        {
            return Failed(file, problems, json);
        }

        var written = folder.Write(output);
        if (json)
        {
            JsonOutput.Print(ToValue(output, folder, written, problems));
            return ExitCodes.Good;
        }

        Shared.PrintChains(loaded.Pipeline!);
        var bots = folder.App.Functions.Count(function => function.RunsBot);
        Console.WriteLine($"{output}: {folder.App.Functions.Count} functions for {bots} bots, {folder.App.Queues.Count} queues ({string.Join(", ", folder.App.Queues.Select(queue => queue.Transport).Distinct().Order(StringComparer.Ordinal))}).");
        Console.WriteLine($"{written.Written.Count} files written, {written.Unchanged.Count} unchanged, {written.Removed.Count} removed.");
        foreach (var kept in written.Kept)
        {
            Console.WriteLine($"{kept} was edited and is kept.");
        }

        if (folder.Secrets.Count > 0)
        {
            Console.WriteLine($"{folder.Secrets.Count} secrets are read from app settings: {string.Join(", ", folder.Secrets.Select(secret => secret.Setting))}.");
        }

        if (folder.Files.Any(file => file.Path == ReadMe))
        {
            Console.WriteLine($"{Path.Combine(output, ReadMe)} says what to do next.");
        }

        return ExitCodes.Good;
    }

    private static int Failed(string file, Problem[] problems, bool json)
    {
        if (json)
        {
            JsonOutput.Print(Value.Of(new ValueMap { ["problems"] = Value.Of(problems.Select(ProblemValue.Of)) }));
        }
        else
        {
            Console.Error.WriteLine($"{file} was not compiled.");
        }

        return ExitCodes.WrongInput;
    }

    private static Value ToValue(string output, CompiledFolder folder, WrittenFolder written, Problem[] problems) => Value.Of(new ValueMap
    {
        ["out"] = output,
        ["transport"] = folder.App.Transport,
        ["functions"] = Texts(folder.App.Functions.Select(function => function.Name)),
        ["queues"] = Texts(folder.App.Queues.Select(queue => queue.Entity)),
        ["fused"] = Value.Of(folder.App.Functions.Where(function => function.Chain is not null).Select(function => Texts(function.Chain!))),
        ["secrets"] = Texts(folder.Secrets.Select(secret => secret.Setting)),
        ["written"] = Texts(written.Written),
        ["unchanged"] = Texts(written.Unchanged),
        ["removed"] = Texts(written.Removed),
        ["kept"] = Texts(written.Kept),
        ["problems"] = Value.Of(problems.Select(ProblemValue.Of)),
    });

    private static Value Texts(IEnumerable<string> texts) => Value.Of(texts.Select(Value.Of));
}
