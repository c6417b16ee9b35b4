// Secrets that a pipeline file does not hold but names: env:NAME.
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Pipeline.Reading;

/// <summary>A secret given as <c>env:NAME</c>: its value is in the environment variable (app setting) NAME.</summary>
internal static partial class SecretReference
{
    /// <summary>What such a value starts with.</summary>
    public const string Prefix = "env:";

    /// <summary>What a Key Vault reference starts with; only app settings are resolved by the host, not texts in files.</summary>
    public const string KeyVault = "@Microsoft.KeyVault(";

    // A parameter whose name says so is a secret, also where its bot does not declare it.
    private static readonly string[] s_words = ["password", "token", "secret", "api_key", "apikey"];

    /// <summary>Whether a name tells that it holds a secret.</summary>
    public static bool IsNamedSecret(string key) => Array.Exists(s_words, word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The variable that a value names; null where the value is no reference, empty where the name is none.</summary>
    public static string? VariableOf(in Value value) => value.Kind == ValueKind.Text && value.AsText()!.StartsWith(Prefix, StringComparison.Ordinal)
        ? Name().IsMatch(value.AsText()![Prefix.Length..]) ? value.AsText()![Prefix.Length..] : ""
        : null;

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

/// <summary>Reads the secrets that a pipeline file names.</summary>
/// <param name="environment">The environment variables.</param>
/// <param name="missing">What a variable that is missing is.</param>
/// <param name="problems">Where problems go.</param>
internal sealed class SecretReader(IReadOnlyDictionary<string, string> environment, MissingSecrets missing, Files.ProblemLog problems)
{
    /// <summary>The secret of a value; the value itself where it names none, nothing where the variable is missing.</summary>
    /// <param name="key">The parameter.</param>
    /// <param name="owner">Whose it is, for the sentence: "bot 'x'".</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="value">The value.</param>
    /// <param name="matters">Whether the owner runs.</param>
    public Value Read(string key, string owner, Files.SourcePosition at, in Value value, bool matters)
    {
        if (SecretReference.VariableOf(value) is not { } variable)
        {
            return value;
        }

        if (variable.Length == 0)
        {
            problems.Error(at, key, $"'{key}' of the {owner} starts with '{SecretReference.Prefix}', but no name of an environment variable follows. Write for example '{SecretReference.Prefix}{ParameterMerge.Variable("secret_" + key)}'.");
            return value;
        }

        if (environment.TryGetValue(variable, out var secret))
        {
            return secret;
        }

        var sentence = $"'{key}' of the {owner} is in the environment variable {variable}, which is not set. Set it (in Azure: an app setting with a Key Vault reference).";
        if (missing == MissingSecrets.Refuse && matters)
        {
            problems.Error(at, key, sentence);
        }
        else if (missing != MissingSecrets.Accept)
        {
            problems.Warning(at, key, sentence);
        }

        return value;
    }
}
