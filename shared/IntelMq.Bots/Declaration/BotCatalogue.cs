// All bots that can be used.
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace IntelMq.Bots;

/// <summary>The bots of the referenced assemblies and of the <c>bots/</c> folder, found by scanning once. There is no list to maintain.</summary>
public sealed class BotCatalogue
{
    private readonly Dictionary<string, BotDescriptor> _bots;

    private BotCatalogue(Dictionary<string, BotDescriptor> bots, IReadOnlyList<Assembly> assemblies, IReadOnlyList<string> problems)
    {
        _bots = bots;
        All = bots.Values.OrderBy(bot => bot.Id, StringComparer.Ordinal).ToArray();
        Assemblies = assemblies;
        Problems = problems;
    }

    /// <summary>The bots, by id.</summary>
    public IReadOnlyList<BotDescriptor> All { get; }

    /// <summary>The assemblies that were scanned; hooks are looked up in them too.</summary>
    public IReadOnlyList<Assembly> Assemblies { get; }

    /// <summary>A sentence for each package that could not be loaded.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Scans assemblies, and those in a folder where it exists.</summary>
    /// <exception cref="InvalidOperationException">Two bots have one id, or a bot breaks a rule.</exception>
    public static BotCatalogue Scan(IEnumerable<Assembly> assemblies, string? botsFolder = null)
    {
        var (packages, problems) = botsFolder is not null && Directory.Exists(botsFolder) ? PluginFolder.Load(botsFolder) : ([], []);
        var all = assemblies.Concat(packages).Distinct().ToArray();
        var bots = new Dictionary<string, BotDescriptor>(StringComparer.Ordinal);
        foreach (var type in all.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsDefined(typeof(BotAttribute), inherit: false)))
        {
            var bot = BotDescriptor.Of(type);
            if (!bots.TryAdd(bot.Id, bot))
            {
                throw new InvalidOperationException(
                    $"The bot '{bot.Id}' exists twice: in {bots[bot.Id].BotType.Assembly.GetName().Name} and in {type.Assembly.GetName().Name}. Remove one of the packages.");
            }
        }

        return new BotCatalogue(bots, all, problems);
    }

    /// <summary>The bot of an id.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out BotDescriptor? bot) => _bots.TryGetValue(id, out bot);

    /// <summary>The id that is nearest to a mistyped one; null where none is near.</summary>
    public string? Nearest(string id) => NearName.Find(id, _bots.Keys);
}
