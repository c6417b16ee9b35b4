// The declaration of one parameter.
namespace IntelMq.Bots;

/// <summary>
/// Declares a property of a parameters record as a parameter: its documentation and its rules. The key is the property's name in
/// snake_case; type and default come from the property.
/// </summary>
/// <param name="description">What the parameter does, in a sentence; with unit where it has one.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterAttribute(string description) : Attribute
{
    /// <summary>The documentation.</summary>
    public string Description { get; } = description;

    /// <summary>The key, where it is not the snake_case form of the property's name.</summary>
    public string? Key { get; set; }

    /// <summary>There is no default: the pipeline file must give a value.</summary>
    public bool Required { get; set; }

    /// <summary>The value is never logged, shown or written to a parameter file.</summary>
    public bool Secret { get; set; }

    /// <summary>The smallest allowed number.</summary>
    public double Minimum { get; set; } = double.NegativeInfinity;

    /// <summary>The largest allowed number.</summary>
    public double Maximum { get; set; } = double.PositiveInfinity;

    /// <summary>A regular expression that the text must match.</summary>
    public string? Pattern { get; set; }

    /// <summary>The allowed texts. (Enumerations list their members by themselves.)</summary>
    public string[] Allowed { get; set; } = [];

    /// <summary>How the bot uses the file that the parameter names; <see cref="PathUse.None"/> where it names none.</summary>
    public PathUse Path { get; set; }

    /// <summary>A further name under which existing files know the parameter.</summary>
    public string? Alias { get; set; }

    /// <summary>An example for the reference.</summary>
    public string? Example { get; set; }

    /// <summary>The version that introduced the parameter.</summary>
    public string? Since { get; set; }

    /// <summary>Why the parameter should not be used any more, and what to use instead.</summary>
    public string? Deprecated { get; set; }
}

/// <summary>How a bot uses the file that a parameter names.</summary>
public enum PathUse
{
    /// <summary>The parameter names no file.</summary>
    None,

    /// <summary>A file that is read. Relative to the pipeline file.</summary>
    Read,

    /// <summary>A folder whose files are read. Relative to the pipeline file.</summary>
    ReadFolder,

    /// <summary>A file that is appended to. Relative to <c>--data</c>.</summary>
    Append,

    /// <summary>A file that is replaced as a whole. Relative to <c>--data</c>.</summary>
    Replace,
}
