// A path of blob storage as it stands in a pipeline file.
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>A path <c>blob:container/name</c>; the name of a folder may be empty.</summary>
/// <param name="Container">The container.</param>
/// <param name="Name">The name in it, with '/' between its parts.</param>
public sealed record BlobPath(string Container, string Name)
{
    internal const string Scheme = "blob:";
    private const int LongestName = 1024;

    /// <summary>The path of a blob.</summary>
    /// <exception cref="BotConfigurationException">It is none; the sentence tells why.</exception>
    public static BlobPath Parse(string path)
    {
        var folder = ParseFolder(path);
        return folder.Name.Length > 0 && !folder.Name.EndsWith('/') ? folder : throw Wrong(path, "it names no blob");
    }

    /// <summary>The path of a folder: a container, or the beginning of names up to a '/'.</summary>
    /// <exception cref="BotConfigurationException">It is none; the sentence tells why.</exception>
    public static BlobPath ParseFolder(string path)
    {
        if (!path.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw Wrong(path, "it does not begin with 'blob:'");
        }

        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? path[Scheme.Length..] : path[Scheme.Length..slash];
        var name = slash < 0 ? "" : path[(slash + 1)..];
        if (container.Length is < 3 or > 63 || !container.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || container.StartsWith('-') || container.EndsWith('-') || container.Contains("--", StringComparison.Ordinal))
        {
            throw Wrong(path, $"'{container}' is no name of a container (3 to 63 lower-case letters, digits and single hyphens)");
        }

        // Addresses are tidied on their way: with such a part the name would lead out of the container.
        if (name.TrimEnd('/').Split('/') is var parts && (name.StartsWith('/') || (name.Length > 0 && parts.Any(part => part is "" or "." or ".."))))
        {
            throw Wrong(path, "a part between its slashes is empty, '.' or '..'");
        }

        return name.Length <= LongestName && !name.Any(c => char.IsControl(c) || c == '\\')
            ? new BlobPath(container, name)
            : throw Wrong(path, $"the name is longer than {LongestName} characters or has a backslash or a control character");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Container}/{Name}";

    private static BotConfigurationException Wrong(string path, string why) =>
        new($"The path '{path}' is no place in blob storage: {why}. Give it as 'blob:container/name', for example 'blob:output/events.jsonl'.");
}
