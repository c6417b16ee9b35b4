// Parameters as they may be shown.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>Shows parameters without their secrets.</summary>
public static class SecretText
{
    /// <summary>What stands for a secret.</summary>
    public const string Hidden = "***";

    /// <summary>The parameters of a bot as <c>key=value</c> pairs; secrets hidden, defaults left out.</summary>
    public static string Show(BotDescriptor bot, IReadOnlyDictionary<string, Value> values) =>
        string.Join(", ", values.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $"{item.Key}={Show(bot, item.Key, item.Value)}"));

    // A key that nobody declares may be a mistyped secret: it is hidden where its name says so.
    private static string Show(BotDescriptor bot, string key, in Value value)
    {
        var declaration = bot.Parameters.FirstOrDefault(known => known.Key == key || known.Alias == key);
        var secret = declaration?.Secret ?? (key.Contains("password", StringComparison.OrdinalIgnoreCase) || key.Contains("token", StringComparison.OrdinalIgnoreCase) || key.Contains("secret", StringComparison.OrdinalIgnoreCase));
        return secret ? Hidden : value.ToString();
    }
}
