// intelmq publish: makes the package of a compiled folder that is deployed.
using System.CommandLine;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Running;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Verbs;

/// <summary>Packs a compiled folder with the function app and bot packages.</summary>
internal static class PublishVerb
{
    public static Command Command()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder that 'intelmq compile' wrote." };
        var output = new Option<string>("--out") { Description = "The package to write.", HelpName = "FILE.zip", Required = true };
        var app = new Option<string?>("--app") { Description = "The published function app (default: publish the one of this checkout).", HelpName = "FOLDER" };
        var plugins = new Option<string[]>("--plugin") { Description = "A package with further bots; can be given several times.", HelpName = "PACKAGE.nupkg|FOLDER", AllowMultipleArgumentsPerToken = true };
        var json = Shared.Json();
        var command = new Command("publish", "Make the package of a compiled folder that is deployed.") { folder, output, app, plugins, json };
        command.SetAction((arguments, cancellation) => PublishAsync(
            arguments.GetValue(folder)!, arguments.GetValue(output)!, arguments.GetValue(app), arguments.GetValue(plugins) ?? [], arguments.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> PublishAsync(string folder, string output, string? app, string[] plugins, bool json, CancellationToken cancellation)
    {
        var built = app is null ? Directory.CreateTempSubdirectory("intelmq-app-").FullName : null;
        try
        {
            if (built is not null)
            {
                if (AppBuild.Project() is not { } project)
                {
                    await Console.Error.WriteLineAsync("error: this is no checkout with the function app's project. Give the published function app with --app.");
                    return ExitCodes.WrongInput;
                }

                await AppBuild.PublishAsync(project, built, cancellation);
            }

            Print(output, AppPackage.Write(folder, app ?? built!, plugins, output), json);
            return ExitCodes.Good;
        }
        catch (InvalidDataException error)
        {
            await Console.Error.WriteLineAsync("error: " + error.Message);
            return ExitCodes.WrongInput;
        }
        catch (InvalidOperationException error)
        {
            await Console.Error.WriteLineAsync("error: " + error.Message);
            return ExitCodes.RunFailed;
        }
        finally
        {
            if (built is not null)
            {
                Directory.Delete(built, recursive: true);
            }
        }
    }

    private static void Print(string output, IReadOnlyList<string> files, bool json)
    {
        var length = new FileInfo(output).Length;
        if (json)
        {
            JsonOutput.Print(Value.Of(new ValueMap { ["out"] = output, ["bytes"] = length, ["files"] = Value.Of(files.Select(Value.Of)) }));
            return;
        }

        Console.WriteLine($"{output}: {files.Count} files, {length / 1024 / 1024} MiB.");
    }
}
