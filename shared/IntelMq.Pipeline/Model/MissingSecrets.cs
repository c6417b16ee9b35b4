// What to do about secrets that are not there yet.
namespace IntelMq.Pipeline;

/// <summary>What a secret is whose environment variable (<c>env:NAME</c>) is not set.</summary>
public enum MissingSecrets
{
    /// <summary>A warning: somebody checks the file.</summary>
    Warn,

    /// <summary>An error: the pipeline is about to run.</summary>
    Refuse,

    /// <summary>Nothing to tell: the pipeline is compiled here and runs elsewhere.</summary>
    Accept,
}
