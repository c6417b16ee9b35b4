// The intelmq command: arguments and printing. Every verb is one call into a library.
using System.CommandLine;
using IntelMq.Bots;
using IntelMq.Cli;
using IntelMq.Cli.Verbs;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Embedded;

var root = new RootCommand("IntelMQ on serverless functions: run, check and look at pipelines on this machine.")
{
    RunVerb.Command(), CheckVerb.Command(), CompileVerb.Command(), CostVerb.Command(), PublishVerb.Command(), ListVerb.Command(), DescribeVerb.Command(), BotVerb.Command(), DeadLettersVerb.Command(), DocsVerb.Command(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync("error: " + error.Message);
    }

    await Console.Error.WriteLineAsync($"Try 'intelmq {string.Join(' ', parsed.CommandResult.Command == root ? [] : new[] { parsed.CommandResult.Command.Name })} --help'.".Replace("  ", " ", StringComparison.Ordinal));
    return ExitCodes.WrongUsage;
}

try
{
    // Ctrl-C ends a run cleanly: what is under way is finished and committed first.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
}
catch (BotConfigurationException error)
{
    foreach (var problem in error.Problems)
    {
        await Console.Error.WriteLineAsync("error: " + problem);
    }

    return ExitCodes.WrongInput;
}
catch (DataFolderException error)
{
    await Console.Error.WriteLineAsync("error: " + error.Message);
    return ExitCodes.RunFailed;
}
catch (DataFormatException error)
{
    await Console.Error.WriteLineAsync("error: " + error.Message);
    return ExitCodes.WrongInput;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync("error: " + error.Message);
    return ExitCodes.WrongInput;
}
