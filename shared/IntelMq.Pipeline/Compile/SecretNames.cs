// The names of the app settings that hold a pipeline's secrets.
namespace IntelMq.Pipeline.Compile;

/// <summary>Gives each secret the name of its setting: <c>INTELMQ_SECRET_BOT_KEY</c>, with a hash where two would be alike or it would be too long.</summary>
internal static class SecretNames
{
    private const string Prefix = "INTELMQ_SECRET_";

    // A Key Vault takes 127 characters.
    private const int LongestName = 100;

    /// <summary>The names, by owner and key. The same pipeline always gets the same ones, in whatever order.</summary>
    public static Dictionary<(string Owner, string Key), string> Of(IEnumerable<(string Owner, string Key)> secrets)
    {
        var names = new Dictionary<(string, string), string>();
        foreach (var alike in secrets.Distinct().GroupBy(Readable, StringComparer.Ordinal))
        {
            var isFree = alike.Count() == 1 && alike.Key.Length <= LongestName;
            foreach (var secret in alike)
            {
                names[secret] = isFree ? alike.Key : $"{alike.Key[..Math.Min(alike.Key.Length, LongestName - 14)]}_X{EntityNames.Hash(secret.Owner + "\0" + secret.Key).ToUpperInvariant()}";
            }
        }

        return names;
    }

    private static string Readable((string Owner, string Key) secret) => $"{Prefix}{Upper(secret.Owner)}_{Upper(secret.Key)}";

    private static string Upper(string text) => string.Concat(text.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToUpperInvariant(character) : '_'));
}
