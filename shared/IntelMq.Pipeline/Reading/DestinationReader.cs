// Reads destination_queues in its three forms: text, list, map of paths.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Reading;

/// <summary>Reads <c>destination_queues</c>: a text split at blanks, a list (both are <c>_default</c>), or a map of paths to these.</summary>
internal sealed class DestinationReader(ProblemLog problems)
{
    private const string Cure = "Give a queue, a list of queues, or a map such as '{_default: [next-queue]}'.";

    public void Read(ConfigEntry? entry, DraftBot bot)
    {
        if (entry is null or { Node: ConfigScalar { IsNull: true } })
        {
            return;
        }

        bot.DestinationsAt = entry.At;
        if (entry.Node is not ConfigMap paths)
        {
            Add(bot, Paths.Default, entry.At, entry.Node);
            return;
        }

        foreach (var path in paths.Entries)
        {
            Add(bot, path.Key, path.At, path.Node);
        }
    }

    private void Add(DraftBot bot, string path, SourcePosition at, ConfigNode node)
    {
        var queues = new List<DraftDestination>();
        foreach (var item in node is ConfigList list ? list.Items : [node])
        {
            if (item is ConfigScalar { IsNull: true } && node is not ConfigList)
            {
                continue;
            }

            if (item is not ConfigScalar { IsNull: false } scalar || scalar.Value.Kind == ValueKind.Boolean)
            {
                problems.Error(item.At, "destination_queues", $"A destination of the bot '{bot.Id}' is {item.Description}, but must be the name of a queue. {Cure}");
                continue;
            }

            // In a list a blank would be part of the name, and no queue is named so.
            queues.AddRange(scalar.Value.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(name => new DraftDestination(name, item.At)));
        }

        foreach (var twice in queues.GroupBy(queue => queue.Queue, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            problems.Warning(twice.Last().At, "destination_queues", $"The bot '{bot.Id}' sends to the queue '{twice.Key}' more than once on the path '{path}': every message arrives as often.");
        }

        if (queues.Count > 0)
        {
            bot.Destinations.Add(new DraftPath(path, at, queues));
        }
    }
}
