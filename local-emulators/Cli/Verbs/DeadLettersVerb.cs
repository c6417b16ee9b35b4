// intelmq dead-letters: what failed, and again.
using System.CommandLine;
using System.Globalization;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Runtime;

namespace IntelMq.Cli.Verbs;

/// <summary>Lists, shows, changes, retries and deletes dead letters.</summary>
internal static class DeadLettersVerb
{
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
        list.SetAction(arguments => With(arguments.GetValue(data)!, store => List(store, arguments.GetValue(bot), arguments.GetValue(json))));
        var show = new Command("show", "One dead letter with its message.") { one };
        show.SetAction(arguments => With(arguments.GetValue(data)!, store => Each(store, [arguments.GetValue(one)!], false, letter => Show(letter, arguments.GetValue(json)))));
        var retry = new Command("retry", "Send dead letters to their queue again; the next run handles them.") { ids, all };
        retry.SetAction(arguments => With(arguments.GetValue(data)!, store => Each(store, arguments.GetValue(ids)!, arguments.GetValue(all), letter =>
        {
            store.DeadLetters.Retry(letter);
            Console.WriteLine($"{letter.Id} waits in '{letter.Queue}'.");
        })));
        var edit = new Command("edit", "Replace the message of a dead letter.") { one, message };
        edit.SetAction(arguments => With(arguments.GetValue(data)!, store => Each(store, [arguments.GetValue(one)!], false, letter =>
        {
            var file = arguments.GetValue(message)!;
            store.DeadLetters.Edit(letter, file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file), FieldCatalogue.Default);
            Console.WriteLine($"{letter.Id} is changed. 'intelmq dead-letters retry {letter.Id.ToString()[..8]}' sends it again.");
        })));
        var delete = new Command("delete", "Delete dead letters for ever.") { ids, all };
        delete.SetAction(arguments => With(arguments.GetValue(data)!, store => Each(store, arguments.GetValue(ids)!, arguments.GetValue(all), letter =>
        {
            store.DeadLetters.Delete(letter);
            Console.WriteLine($"{letter.Id} is deleted.");
        })));
        return new Command("dead-letters", "What failed for good: look at it, change it, try it again.") { data, json, list, show, retry, edit, delete };
    }

    private static int With(string data, Func<EmbeddedStore, int> action)
    {
        if (!Directory.Exists(data))
        {
            Console.Error.WriteLine($"error: there is no data folder '{data}'. Name the one of the run with --data.");
            return ExitCodes.WrongInput;
        }

        using var store = EmbeddedStore.Open(data, TimeProvider.System);
        return action(store);
    }

    private static int Each(EmbeddedStore store, string[] ids, bool all, Action<DeadLetter> action)
    {
        if (ids.Length == 0 && !all)
        {
            Console.Error.WriteLine("error: name the dead letters by the beginning of their ids, or give --all.");
            return ExitCodes.WrongUsage;
        }

        var letters = all ? store.DeadLetters.List(most: int.MaxValue) : Named(store, ids);
        foreach (var letter in letters ?? [])
        {
            action(letter);
        }

        return letters is null ? ExitCodes.WrongInput : ExitCodes.Good;
    }

    // The dead letters whose ids begin with the given texts; null after telling which text fits none or several.
    private static List<DeadLetter>? Named(EmbeddedStore store, string[] ids)
    {
        var letters = new List<DeadLetter>();
        foreach (var id in ids)
        {
            var found = store.DeadLetters.Find(id);
            if (found.Count != 1)
            {
                Console.Error.WriteLine(found.Count == 0
                    ? $"error: no dead letter's id begins with '{id}'. 'intelmq dead-letters list' shows them."
                    : $"error: {found.Count} dead letters' ids begin with '{id}'. Give more of it.");
                return null;
            }

            letters.AddRange(found);
        }

        return letters;
    }

    private static int List(EmbeddedStore store, string? bot, bool json)
    {
        var letters = store.DeadLetters.List(bot);
        if (json)
        {
            JsonOutput.Print(Value.Of(letters.Select(letter => Value.Of(ToMap(letter)))));
            return ExitCodes.Good;
        }

        foreach (var letter in letters)
        {
            Console.WriteLine($"{letter.Id.ToString()[..8]}  {letter.Time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}  {letter.BotId,-24} {letter.Error}");
        }

        Console.WriteLine(letters.Count == 0 ? "There are no dead letters." : $"{letters.Count} of {store.DeadLetters.Count} dead letters. 'intelmq dead-letters show ID' shows one.");
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
