// intelmq check: finds what is wrong with a pipeline file.
using System.CommandLine;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Verbs;

/// <summary>Prints all problems of a pipeline file.</summary>
internal static class CheckVerb
{
    public static Command Command()
    {
        var file = Shared.File();
        var strict = new Option<bool>("--strict") { Description = "Warnings are errors." };
        var json = Shared.Json();
        var command = new Command("check", "Find everything that is wrong with a pipeline file, before anything runs.") { file, strict, json };
        command.SetAction(arguments => Check(arguments.GetValue(file)!, arguments.GetValue(strict), arguments.GetValue(json)));
        return command;
    }

    private static int Check(string file, bool strict, bool json)
    {
        var loaded = PipelineFile.Load(file, Shared.Catalogue(), Shared.EnvironmentVariables());
        var bad = loaded.HasErrors || (strict && loaded.Problems.Count > 0);
        if (json)
        {
            JsonOutput.Print(Value.Of(loaded.Problems.Select(ProblemValue.Of)));
            return bad ? ExitCodes.WrongInput : ExitCodes.Good;
        }

        foreach (var problem in loaded.Problems)
        {
            Console.WriteLine(problem);
        }

        if (loaded.Pipeline is not null)
        {
            Shared.PrintChains(loaded.Pipeline);
        }

        var errors = loaded.Problems.Count(problem => problem.Severity == Severity.Error);
        var bots = loaded.Pipeline is { } pipeline ? $"{pipeline.Bots.Count} bots, " : "";
        Console.WriteLine($"{file}: {bots}{Count(errors, "error")}, {Count(loaded.Problems.Count - errors, "warning")}.");
        return bad ? ExitCodes.WrongInput : ExitCodes.Good;
    }

    private static string Count(int number, string word) => $"{number} {word}{(number == 1 ? "" : "s")}";
}
