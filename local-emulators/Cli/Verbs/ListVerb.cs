// intelmq list: the bots there are, and the queues of a data folder.
using System.CommandLine;
using IntelMq.Cli.Terminal;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Embedded;

namespace IntelMq.Cli.Verbs;

/// <summary>Lists bots or queues.</summary>
internal static class ListVerb
{
    public static Command Command()
    {
        var json = Shared.Json();
        var data = Shared.Data();
        var bots = new Command("bots", "The bots that can be used.") { json };
        bots.SetAction(arguments => Bots(arguments.GetValue(json)));
        var queues = new Command("queues", "The queues of a data folder and how many messages wait in them.") { data, json };
        queues.SetAction(arguments => Queues(arguments.GetValue(data)!, arguments.GetValue(json)));
        return new Command("list", "List bots or queues.") { bots, queues };
    }

    private static int Bots(bool json)
    {
        var all = Shared.Catalogue().All;
        if (json)
        {
            JsonOutput.Print(Value.Of(all.Select(bot => Value.Of(new ValueMap
            {
                ["id"] = bot.Id,
                ["kind"] = bot.Kind.ToString().ToLowerInvariant(),
                ["description"] = bot.Description,
            }))));
            return ExitCodes.Good;
        }

        foreach (var kind in all.GroupBy(bot => bot.Kind).OrderBy(kind => kind.Key))
        {
            Console.WriteLine($"{kind.Key}s");
            foreach (var bot in kind)
            {
                Console.WriteLine($"  {bot.Id,-52} {bot.Description}");
            }
        }

        return ExitCodes.Good;
    }

    private static int Queues(string data, bool json)
    {
        if (!Directory.Exists(data))
        {
            Console.Error.WriteLine($"error: there is no data folder '{data}'. Name the one of the run with --data.");
            return ExitCodes.WrongInput;
        }

        using var store = EmbeddedStore.Open(data, TimeProvider.System);
        var queues = store.Queues.OrderBy(queue => queue.Name, StringComparer.Ordinal).ToArray();
        if (json)
        {
            JsonOutput.Print(Value.Of(queues.Select(queue => Value.Of(new ValueMap { ["queue"] = queue.Name, ["messages"] = queue.Messages, ["frames"] = queue.Frames }))));
            return ExitCodes.Good;
        }

        foreach (var queue in queues)
        {
            Console.WriteLine($"{queue.Name,-40} {queue.Messages,12} messages in {queue.Frames} frames");
        }

        if (queues.Length == 0)
        {
            Console.WriteLine("All queues are empty.");
        }

        return ExitCodes.Good;
    }
}
