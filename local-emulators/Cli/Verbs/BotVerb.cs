// intelmq bot: one bot alone.
using System.CommandLine;
using System.Text;
using IntelMq.Bots;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging;

namespace IntelMq.Cli.Verbs;

/// <summary>Runs one bot without a pipeline: messages as JSON lines in, a JSON line per result out.</summary>
internal static class BotVerb
{
    public static Command Command()
    {
        var module = new Argument<string>("MODULE") { Description = "The bot's module name." };
        var parameters = new Option<string?>("--parameters") { Description = "A file with the parameters (a JSON object).", HelpName = "FILE" };
        var format = new Option<string>("--format") { Description = "The form of the messages that are printed.", DefaultValueFactory = _ => "legacy" };
        format.AcceptOnlyFromAmong("legacy", "envelope");
        var answers = new Option<string?>("--answers") { Description = "A file with recorded answers of HTTP and DNS; everything else is refused.", HelpName = "FILE" };
        var command = new Command("bot", "Run one bot alone: JSON lines in, JSON lines out. Collectors take no input.") { module, parameters, format, answers };
        command.SetAction((arguments, cancellation) =>
            RunAsync(arguments.GetValue(module)!, arguments.GetValue(parameters), arguments.GetValue(format) == "envelope", arguments.GetValue(answers), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string module, string? parametersFile, bool envelope, string? answersFile, CancellationToken cancellation)
    {
        if (Shared.Find(Shared.Catalogue(), module) is not { } descriptor || ReadMap(parametersFile) is not { } values)
        {
            return ExitCodes.WrongInput;
        }

        var bound = ParameterBinder.Bind(descriptor, values);
        foreach (var problem in bound.Problems)
        {
            await Console.Error.WriteLineAsync($"{(problem.IsWarning ? "warning" : "error")}: {problem.Message}");
        }

        if (bound.Parameters is null)
        {
            return ExitCodes.WrongInput;
        }

        var answers = answersFile is null ? null : RecordedAnswers.Parse(await File.ReadAllBytesAsync(answersFile, cancellation));
        var scratch = Directory.CreateTempSubdirectory("intelmq-bot-");
        try
        {
            using var logs = new TerminalLogs(null, LogLevel.Warning);
            using var http = new HttpClients(TimeProvider.System);
            var state = new MemoryStateStore(TimeProvider.System);
            var claims = new FileClaimCheckStore(Path.Combine(scratch.FullName, "claims"));
            await using var files = new LocalFileStore(Environment.CurrentDirectory, Environment.CurrentDirectory, scratch.FullName, state);
            var context = new BotContext
            {
                BotId = module.Split('.')[^1],
                Log = logs.CreateLogger(module),
                State = state,
                Files = files,
                Http = answers is null ? http : answers,
                Dns = answers is null ? new DnsResolver() : answers,
            };
            await using var bot = await BotAlone.StartAsync(descriptor.Create(), module, bound.Parameters, context, claims, cancellation);
            return descriptor.Kind == BotKind.Collector ? await CollectAsync(bot, claims, envelope, cancellation) : await FeedAsync(bot, envelope, cancellation);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static async Task<int> CollectAsync(BotAlone bot, FileClaimCheckStore claims, bool envelope, CancellationToken cancellation)
    {
        try
        {
            await foreach (var result in bot.CollectAsync(claims, cancellation))
            {
                Print(result, envelope);
            }

            return ExitCodes.Good;
        }
        catch (Exception error) when (error is TransientException or InvalidRecordException)
        {
            await Console.Error.WriteLineAsync("error: " + error.Message);
            return ExitCodes.RunFailed;
        }
    }

    private static async Task<int> FeedAsync(BotAlone bot, bool envelope, CancellationToken cancellation)
    {
        while (await Console.In.ReadLineAsync(cancellation) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            foreach (var result in await bot.ProcessAsync(Encoding.UTF8.GetBytes(line), cancellation))
            {
                Print(result, envelope);
            }
        }

        return ExitCodes.Good;
    }

    private static void Print(BotResult result, bool envelope)
    {
        var message = result.Message is { } made ? (envelope ? EnvelopeWriter.ToText(made) : FlatMessage.ToText(made)) : JsonText.Compact(result.Original);
        Console.WriteLine(result.Error is { } error
            ? $"{{\"dead_letter\":{{\"error\":{JsonText.Compact(error)},\"message\":{message}}}}}"
            : $"{{\"path\":{JsonText.Compact(result.Path)},\"message\":{message}}}");
    }

    private static Dictionary<string, Value>? ReadMap(string? file)
    {
        if (file is null)
        {
            return [];
        }

        if (JsonText.TryParse(File.ReadAllBytes(file))?.AsMap() is { } map)
        {
            return map.ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);
        }

        Console.Error.WriteLine($"error: '{file}' is no JSON object. Write the parameters as {{\"name\": value}}.");
        return null;
    }
}
