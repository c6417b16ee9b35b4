// intelmq dead-letters: what failed, and again.
using System.CommandLine;
using System.Globalization;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Running;
using IntelMq.Runtime;

namespace IntelMq.Cli.Verbs;

/// <summary>Lists, shows, changes, retries and deletes dead letters.</summary>
internal static class DeadLettersVerb
{
    private const int MostListed = 1000;

    public static Command Command()
    {
        var data = Shared.Data();
        data.Recursive = true;
        var json = Shared.Json();
        json.Recursive = true;
        var bot = new Option<string?>("--bot") { Description = "Only those of one bot.", HelpName = "ID" };
        var ids = new Argument<string[]>("ID") { Description = "Beginnings of dead letters' ids.", Arity = ArgumentArity.ZeroOrMore };
        var all = new Option<bool>("--all") { Description = "All dead letters." };
        var one = new Argument<string>("ID") { Description = "The beginning of the dead letter's id." };
        var message = new Option<string>("--message") { Description = "A file with the new message (JSON); '-' is standard input.", HelpName = "FILE", Required = true };

        var list = new Command("list", "What failed, oldest first.") { bot };
        list.SetAction((arguments, cancellation) => WithAsync(arguments.GetValue(data)!, desk => ListAsync(desk, arguments.GetValue(bot), arguments.GetValue(json), cancellation)));
        var show = new Command("show", "One dead letter with its message.") { one };
        show.SetAction((arguments, cancellation) => EachAsync(arguments.GetValue(data)!, [arguments.GetValue(one)!], false, (_, letter) =>
        {
            Show(letter, arguments.GetValue(json));
            return Task.CompletedTask;
        }, cancellation));
        var retry = new Command("retry", "Send dead letters to their queue again; the next run handles them.") { ids, all };
        retry.SetAction((arguments, cancellation) => EachAsync(arguments.GetValue(data)!, arguments.GetValue(ids)!, arguments.GetValue(all), async (desk, letter) =>
        {
            await desk.RetryAsync(letter, cancellation);
            Console.WriteLine($"{letter.Id} waits in '{letter.Queue}'.");
        }, cancellation));
        var edit = new Command("edit", "Replace the message of a dead letter.") { one, message };
        edit.SetAction((arguments, cancellation) => EachAsync(arguments.GetValue(data)!, [arguments.GetValue(one)!], false, async (desk, letter) =>
        {
            var file = arguments.GetValue(message)!;
            await desk.EditAsync(letter, file == "-" ? await Console.In.ReadToEndAsync(cancellation) : await File.ReadAllTextAsync(file, cancellation), FieldCatalogue.Default, cancellation);
            Console.WriteLine($"{letter.Id} is changed. 'intelmq dead-letters retry {letter.Id.ToString()[..8]}' sends it again.");
        }, cancellation));
        var delete = new Command("delete", "Delete dead letters for ever.") { ids, all };
        delete.SetAction((arguments, cancellation) => EachAsync(arguments.GetValue(data)!, arguments.GetValue(ids)!, arguments.GetValue(all), async (desk, letter) =>
        {
            await desk.DeleteAsync(letter, cancellation);
            Console.WriteLine($"{letter.Id} is deleted.");
        }, cancellation));
        return new Command("dead-letters", "What failed for good: look at it, change it, try it again.") { data, json, list, show, retry, edit, delete };
    }

    private static async Task<int> WithAsync(string data, Func<DeadLetterDesk, Task<int>> action)
    {
        if (!Directory.Exists(data))
        {
            await Console.Error.WriteLineAsync($"error: there is no data folder '{data}'. Name the one of the run with --data.");
            return ExitCodes.WrongInput;
        }

        using var desk = DeadLetterDesk.Open(data, TimeProvider.System);
        return await action(desk);
    }

    private static Task<int> EachAsync(string data, string[] ids, bool all, Func<DeadLetterDesk, DeadLetter, Task> action, CancellationToken cancellation) => WithAsync(data, async desk =>
    {
        if (ids.Length == 0 && !all)
        {
            await Console.Error.WriteLineAsync("error: name the dead letters by the beginning of their ids, or give --all.");
            return ExitCodes.WrongUsage;
        }

        var letters = all ? await desk.ListAsync(null, cancellation) : await NamedAsync(desk, ids, cancellation);
        foreach (var letter in letters ?? [])
        {
            await action(desk, letter);
        }

        return letters is null ? ExitCodes.WrongInput : ExitCodes.Good;
    });

    // The dead letters whose ids begin with the given texts; null after telling which text fits none or several.
    private static async Task<IReadOnlyList<DeadLetter>?> NamedAsync(DeadLetterDesk desk, string[] ids, CancellationToken cancellation)
    {
        var letters = new List<DeadLetter>();
        foreach (var id in ids)
        {
            var found = await desk.FindAsync(id, cancellation);
            if (found.Count != 1)
            {
                await Console.Error.WriteLineAsync(found.Count == 0
                    ? $"error: no dead letter's id begins with '{id}'. 'intelmq dead-letters list' shows them."
                    : $"error: {found.Count} dead letters' ids begin with '{id}'. Give more of it.");
                return null;
            }

            letters.AddRange(found);
        }

        return letters;
    }

    private static async Task<int> ListAsync(DeadLetterDesk desk, string? bot, bool json, CancellationToken cancellation)
    {
        var letters = await desk.ListAsync(bot, cancellation);
        if (json)
        {
            JsonOutput.Print(Value.Of(letters.Select(letter => Value.Of(ToMap(letter)))));
            return ExitCodes.Good;
        }

        foreach (var letter in letters.Take(MostListed))
        {
            Console.WriteLine($"{letter.Id.ToString()[..8]}  {letter.Time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}  {letter.BotId,-24} {letter.Error}");
        }

        var all = bot is null ? letters.Count : (await desk.ListAsync(null, cancellation)).Count;
        Console.WriteLine(letters.Count == 0 ? "There are no dead letters." : $"{Math.Min(letters.Count, MostListed)} of {all} dead letters. 'intelmq dead-letters show ID' shows one.");
        return ExitCodes.Good;
    }

    private static void Show(DeadLetter letter, bool json)
    {
        if (json)
        {
            JsonOutput.Print(Value.Of(ToMap(letter)));
            return;
        }

        Console.WriteLine($"id       {letter.Id}");
        Console.WriteLine($"bot      {letter.BotId} (parameters {letter.ParametersVersion})");
        Console.WriteLine($"time     {letter.Time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
        Console.WriteLine($"retry to {letter.Queue}");
        Console.WriteLine($"error    {letter.Error}");
        if (letter.Stack is { } stack)
        {
            Console.WriteLine(stack);
        }

        Console.WriteLine("message");
        Console.WriteLine(MessageText.Readable(letter.Message));
    }

    private static ValueMap ToMap(DeadLetter letter) => new()
    {
        ["id"] = letter.Id.ToString(),
        ["bot"] = letter.BotId,
        ["queue"] = letter.Queue,
        ["time"] = letter.Time.ToString("O", CultureInfo.InvariantCulture),
        ["error"] = letter.Error,
        ["stack"] = letter.Stack is null ? Value.Null : letter.Stack,
        ["parameters_version"] = letter.ParametersVersion,
        ["message"] = JsonText.TryParse(letter.Message) ?? letter.Message,
    };
}
