// What makes a class a bot.
namespace IntelMq.Bots;

/// <summary>Declares a bot: the class is found by scanning and its id is what a pipeline file names as <c>module</c>.</summary>
/// <param name="id">The module name, for example <c>intelmq.bots.parsers.openphish.parser</c>; third parties use a prefix of their own.</param>
/// <param name="description">One or two sentences for the reference and the forms.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BotAttribute(string id, string description) : Attribute
{
    /// <summary>The module name.</summary>
    public string Id { get; } = id;

    /// <summary>What the bot does.</summary>
    public string Description { get; } = description;

    /// <summary>What an output promises about repetition. Required for outputs.</summary>
    public OutputGuarantee Guarantee { get; set; }

    /// <summary>Only one invocation of the bot runs at a time (it owns a file or a connection).</summary>
    public bool Single { get; set; }

    /// <summary>The fields that an expert reads; <c>check</c> warns where nobody upstream sets any of them.</summary>
    public string[] Reads { get; set; } = [];

    /// <summary>The fields that the bot may set.</summary>
    public string[] Sets { get; set; } = [];

    /// <summary>Named paths besides <c>_default</c> and <c>_on_error</c> that the bot sends to.</summary>
    public string[] Paths { get; set; } = [];

    /// <summary>What about the bot no recorded behaviour confirms; null where all of it is.</summary>
    public string? Unverified { get; set; }

    /// <summary>The expert is cheap and keeps no state: where the pipeline's default is <c>fuse</c>, it shares an invocation with the bot before it.</summary>
    public bool Fusible { get; set; }
}

/// <summary>The four kinds of bot.</summary>
public enum BotKind
{
    /// <summary>Fetches reports.</summary>
    Collector,

    /// <summary>Makes events of reports.</summary>
    Parser,

    /// <summary>Changes, enriches, drops or routes events.</summary>
    Expert,

    /// <summary>Hands events on to other systems.</summary>
    Output,
}

/// <summary>What an output promises when an invocation is repeated after a crash.</summary>
public enum OutputGuarantee
{
    /// <summary>Not declared (no output).</summary>
    None,

    /// <summary>None lost, none twice.</summary>
    Exact,

    /// <summary>None lost; a crash may repeat the calls that were in flight, with the same id.</summary>
    AtLeastOnceMarked,

    /// <summary>None lost; a crash may repeat the calls that were in flight, and what the sink stores has no place for an id that would show it.</summary>
    AtLeastOnce,
}
