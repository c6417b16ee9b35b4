// A bot as the catalogue knows it.
using System.Reflection;
using System.Text.RegularExpressions;

namespace IntelMq.Bots;

/// <summary>A bot: its declaration, its parameters and how to make one.</summary>
public sealed partial class BotDescriptor
{
    private BotDescriptor(BotAttribute declaration, Type botType, BotKind kind, Type parametersType)
    {
        Declaration = declaration;
        BotType = botType;
        Kind = kind;
        ParametersType = parametersType;
        Parameters = ParameterDeclaration.Of(parametersType);
    }

    /// <summary>The module name.</summary>
    public string Id => Declaration.Id;

    /// <summary>What the bot does.</summary>
    public string Description => Declaration.Description;

    /// <summary>The kind.</summary>
    public BotKind Kind { get; }

    /// <summary>What the bot declares about itself.</summary>
    public BotAttribute Declaration { get; }

    /// <summary>The fields that the bot reads.</summary>
    public IReadOnlyList<string> Reads => Declaration.Reads;

    /// <summary>The fields that the bot may set.</summary>
    public IReadOnlyList<string> Sets => Declaration.Sets;

    /// <summary>The named paths besides the common ones.</summary>
    public IReadOnlyList<string> Paths => Declaration.Paths;

    /// <summary>The class.</summary>
    public Type BotType { get; }

    /// <summary>The parameters record.</summary>
    public Type ParametersType { get; }

    /// <summary>The parameters, own ones first.</summary>
    public IReadOnlyList<ParameterDeclaration> Parameters { get; }

    /// <summary>Makes a bot.</summary>
    public Bot Create() => (Bot)Activator.CreateInstance(BotType)!;

    /// <summary>The descriptor of a class with <see cref="BotAttribute"/>.</summary>
    /// <exception cref="InvalidOperationException">The class breaks a rule; the sentence says which.</exception>
    public static BotDescriptor Of(Type botType)
    {
        var declaration = botType.GetCustomAttribute<BotAttribute>() ?? throw new InvalidOperationException($"{botType.FullName} has no [Bot].");
        if (!IdForm().IsMatch(declaration.Id))
        {
            throw new InvalidOperationException($"{botType.FullName} has the id '{declaration.Id}'. An id is words of letters, digits, '_' and '-' with dots between them.");
        }

        var kinds = new (Type Base, BotKind Kind)[]
        {
            (typeof(CollectorBot), BotKind.Collector), (typeof(ParserBot), BotKind.Parser), (typeof(ExpertBot), BotKind.Expert), (typeof(OutputBot), BotKind.Output),
        };
        var kind = kinds.FirstOrDefault(candidate => candidate.Base.IsAssignableFrom(botType));
        if (kind.Base is null || botType.IsAbstract || botType.GetConstructor(Type.EmptyTypes) is null)
        {
            throw new InvalidOperationException($"{botType.FullName} has [Bot] but is no collector, parser, expert or output with a constructor without parameters.");
        }

        if (kind.Kind == BotKind.Output && declaration.Guarantee == OutputGuarantee.None)
        {
            throw new InvalidOperationException($"The output {botType.FullName} does not declare its guarantee.");
        }

        return new BotDescriptor(declaration, botType, kind.Kind, ParametersOf(botType));
    }

    // Ids become file names of the reference and keys of the schema.
    [GeneratedRegex(@"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdForm();

    private static Type ParametersOf(Type botType)
    {
        for (var type = botType.BaseType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericArguments()[0] is var first && typeof(BotParameters).IsAssignableFrom(first))
            {
                return first;
            }
        }

        throw new InvalidOperationException($"{botType.FullName} does not derive from a base class with a parameters record.");
    }
}
