// The folder of a function app, in memory.
namespace IntelMq.Pipeline;

/// <summary>The folder of a function app as compiled.</summary>
/// <param name="App">What the app is told.</param>
/// <param name="Files">The files, by path.</param>
/// <param name="Secrets">The secrets that the app needs, by the name of their setting.</param>
/// <param name="Uploads">The local files that have to be uploaded, by path.</param>
/// <param name="Problems">What is wrong; with an error nothing can be written.</param>
public sealed record CompiledFolder(
    CompiledApp App,
    IReadOnlyList<CompiledFile> Files,
    IReadOnlyList<CompiledSecret> Secrets,
    IReadOnlyList<CompiledUpload> Uploads,
    IReadOnlyList<Problem> Problems)
{
    /// <summary>Whether any problem is an error.</summary>
    public bool HasErrors => Problems.Any(problem => problem.Severity == Severity.Error);

    /// <summary>
    /// Writes the files. The same input gives the same bytes; files that an earlier compile wrote and that are no longer part of the app are
    /// removed, files of others are never touched, and a <c>local.settings.json</c> that was edited is kept.
    /// </summary>
    /// <param name="directory">The folder; made on demand.</param>
    /// <exception cref="InvalidOperationException">There are errors.</exception>
    /// <exception cref="IOException">A file of somebody else has the name of one to write, or the disk refuses.</exception>
    public WrittenFolder Write(string directory) => HasErrors
        ? throw new InvalidOperationException("A pipeline with errors is not written.")
        : new Compile.FolderWriter(directory).Write(Files);
}

/// <summary>A file of the folder.</summary>
/// <param name="Path">The path in the folder, with '/'.</param>
/// <param name="Content">The bytes.</param>
public sealed record CompiledFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>A secret that the app reads from its settings; the value is nowhere in the folder.</summary>
/// <param name="Setting">The name of the app setting (environment variable).</param>
/// <param name="Owner">The id of its bot, <c>global</c>, the type of its hook, or the name of its broker.</param>
/// <param name="Key">The parameter.</param>
/// <param name="Description">What it is.</param>
/// <param name="Reference">The Key Vault reference that the pipeline file gives; null where it gives none.</param>
public sealed record CompiledSecret(string Setting, string Owner, string Key, string Description, string? Reference = null)
{
    /// <summary>The name of the secret in a Key Vault: letters, digits and hyphens.</summary>
    public string VaultName => Setting.ToLowerInvariant().Replace('_', '-');
}

/// <summary>A local file or folder that the app looks for somewhere else.</summary>
/// <param name="Local">The path relative to the pipeline file.</param>
/// <param name="Target">Where the app looks for it.</param>
public sealed record CompiledUpload(string Local, string Target);

/// <summary>What writing a folder did; paths as in the folder.</summary>
/// <param name="Written">Files that are new or changed.</param>
/// <param name="Unchanged">Files that were there already.</param>
/// <param name="Removed">Files of an earlier compile that were removed.</param>
/// <param name="Kept">Files that somebody edited and that were therefore left as they are.</param>
public sealed record WrittenFolder(IReadOnlyList<string> Written, IReadOnlyList<string> Unchanged, IReadOnlyList<string> Removed, IReadOnlyList<string> Kept);
