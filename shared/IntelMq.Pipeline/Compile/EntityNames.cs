// The names that hosts and brokers know bots and queues by.
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IntelMq.Pipeline;

/// <summary>
/// The one mapping from bot ids and queue names to the names of functions, bindings, queues, hubs, topics and tables. A name that fits everywhere stays
/// as it is; any other becomes a readable beginning with a hash. No two ids ever get the same name: the hashed form is never left unchanged, and hosts
/// and brokers that do not tell upper from lower case see lower case only.
/// </summary>
public static partial class EntityNames
{
    /// <summary>The longest name: a Storage queue's 63 characters less the <c>-poison</c> that the host appends.</summary>
    public const int MaxLength = 56;

    /// <summary>The function that sends parked messages again. The underscore keeps it apart from all bots.</summary>
    public const string ParkFunction = "park_frames";

    /// <summary>The function that removes what expired.</summary>
    public const string PurgeFunction = "purge_state";

    /// <summary>The function that tells over HTTP what waits and what failed.</summary>
    public const string StatusFunction = "show_status";

    /// <summary>What a host appends to a queue's name for messages it gave up on.</summary>
    public const string PoisonSuffix = "-poison";

    private const string PoisonFunctionPrefix = "poison_";
    private const int HashLength = 12;

    // Folders that the app's folder has or may get, and names that a file system or the host keeps for itself.
    private static readonly HashSet<string> s_reserved = new(StringComparer.Ordinal)
    {
        "admin", "api", "app", "aux", "bin", "bots", "com1", "com2", "com3", "com4", "con", "emulators", "extensions", "functions", "host", "infra", "lpt1", "lpt2", "lpt3",
        "main", "names", "node-modules", "nul", "obj", "pipeline", "prn", "readme", "runtime", "runtimes", "tables", "warmup", "wwwroot",
    };

    /// <summary>The function of a bot: lower-case letters, digits and single hyphens, starting with a letter.</summary>
    public static string Function(string botId) =>
        Hyphenated().IsMatch(botId) && IsFree(botId, 1) ? botId : Prefix(botId, "-", MaxLength - HashLength - 2) + "-x" + Hash(botId);

    /// <summary>The queue, hub or topic of a queue: at least three characters, and never the poison queue of another.</summary>
    public static string Entity(string queue) =>
        Hyphenated().IsMatch(queue) && IsFree(queue, 3) && !queue.EndsWith(PoisonSuffix, StringComparison.Ordinal)
            ? queue
            : Prefix(queue, "-", MaxLength - HashLength - 2) + "-x" + Hash(queue);

    /// <summary>The table of a name: lower-case letters and digits.</summary>
    public static string Table(string name) =>
        Alphanumeric().IsMatch(name) && IsFree(name, 3) ? name : Prefix(name, "", MaxLength - HashLength - 1) + "x" + Hash(name);

    /// <summary>Where a broker puts the messages of an entity that it gave up on.</summary>
    public static string Poison(string entity) => entity + PoisonSuffix;

    /// <summary>The function that makes dead letters of an entity's poison messages.</summary>
    public static string PoisonFunction(string entity) => PoisonFunctionPrefix + entity;

    /// <summary>
    /// The output bindings of queues, by queue: letters and digits. The host does not tell case in them, so names that differ in it or in their
    /// hyphens only get a hash. They never equal a trigger's, which has another first word.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Bindings(IEnumerable<string> queues)
    {
        var readable = queues.Distinct(StringComparer.Ordinal).ToDictionary(queue => queue, queue => "to" + Camel(Entity(queue)), StringComparer.Ordinal);
        var names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var alike in readable.GroupBy(item => item.Value, item => item.Key, StringComparer.OrdinalIgnoreCase))
        {
            var alone = alike.Count() == 1;
            foreach (var queue in alike)
            {
                names[queue] = alone ? readable[queue] : readable[queue] + "X" + Hash(queue);
            }
        }

        return names;
    }

    /// <summary>Twelve hexadecimal digits of a text.</summary>
    internal static string Hash(string text) =>
        // Of the characters, not of UTF-8: half a surrogate pair is a difference too.
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())))[..HashLength];

    private static bool IsFree(string name, int minimum) => name.Length >= minimum && name.Length <= MaxLength && !s_reserved.Contains(name) && !Hashed().IsMatch(name);

    private static string Prefix(string name, string separator, int length)
    {
        var prefix = new StringBuilder();
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                prefix.Append(prefix.Length == 0 && char.IsAsciiDigit(character) ? "n" : "").Append(char.ToLowerInvariant(character));
            }
            else if (prefix.Length > 0 && prefix[^1] != '-')
            {
                prefix.Append(separator);
            }

            if (prefix.Length >= length)
            {
                break;
            }
        }

        var text = prefix.ToString(0, Math.Min(prefix.Length, length)).TrimEnd('-');
        return text.Length == 0 ? "n" : text;
    }

    private static string Camel(string entity) =>
        string.Concat(entity.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    [GeneratedRegex(@"^[a-z][a-z0-9]*(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hyphenated();

    [GeneratedRegex(@"^[a-z][a-z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Alphanumeric();

    [GeneratedRegex(@"x[0-9a-f]{12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hashed();
}
