// What the built command says of its verbs and options, and whether a command line keeps to it.
using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace IntelMq.Infra.Tests;

/// <summary>The help of a verb.</summary>
/// <param name="Verbs">The verbs below it.</param>
/// <param name="Arguments">How many arguments it takes.</param>
/// <param name="Options">Its options, with what each takes; null for a flag.</param>
/// <param name="Required">The options without which it does nothing.</param>
internal sealed partial record CommandHelp(IReadOnlySet<string> Verbs, int Arguments, IReadOnlyDictionary<string, string?> Options, IReadOnlyList<string> Required)
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<CommandHelp>>> s_known = new(StringComparer.Ordinal);

    private static string Program => Path.Combine(Bicep.Infra, "..", "local-emulators", "Cli", "bin", "Release", "net10.0", "intelmq.dll");

    /// <summary>What is wrong with a command line; null for a good one.</summary>
    /// <param name="line">The line, from <c>intelmq</c> on.</param>
    /// <param name="isWhole">Whether it is to be run as it stands: then nothing may be missing.</param>
    public static async Task<string?> ProblemAsync(string line, bool isWhole)
    {
        var words = Words().Matches(line).Select(match => match.Value.Trim('"', '\'')).Skip(1).ToList();
        var verb = new List<string>();
        var help = await OfAsync(verb);
        while (help.Verbs.Count > 0 && words.Count > 0)
        {
            if (!help.Verbs.Contains(words[0]))
            {
                return $"there is no verb '{words[0]}'";
            }

            verb.Add(words[0]);
            words.RemoveAt(0);
            help = await OfAsync(verb);
        }

        return help.Verbs.Count > 0 && isWhole ? "a verb is missing" : help.Problem(words, isWhole);
    }

    private string? Problem(List<string> words, bool isWhole)
    {
        var (arguments, given) = (0, new List<string>());
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                arguments++;
                continue;
            }

            if (!Options.TryGetValue(words[i], out var takes))
            {
                return $"there is no option '{words[i]}'";
            }

            given.Add(words[i]);
            if (takes is not null && (i + 1 < words.Count || isWhole))
            {
                if (i + 1 == words.Count)
                {
                    return $"'{words[i]}' has no value";
                }

                i++;
                if (takes.Contains('|', StringComparison.Ordinal) && takes.Any(char.IsAsciiLetterLower) && !takes.Split('|').Contains(words[i]))
                {
                    return $"'{words[i - 1]}' does not take '{words[i]}'";
                }
            }
        }

        return arguments > Arguments ? "it has too many arguments"
            : isWhole && arguments < Arguments ? "an argument is missing"
            : isWhole && Required.Except(given).FirstOrDefault() is { } missing ? $"'{missing}' is missing"
            : null;
    }

    private static Task<CommandHelp> OfAsync(List<string> verb)
    {
        string[] words = [.. verb];
        return s_known.GetOrAdd(string.Join(' ', words), _ => new Lazy<Task<CommandHelp>>(() => ReadAsync(words))).Value;
    }

    private static async Task<CommandHelp> ReadAsync(string[] verb)
    {
        var (code, output) = await NpmLinters.RunAsync(Path.GetTempPath(), "dotnet", [Program, .. verb, "--help"], CancellationToken.None);
        Assert.True(code == 0, output);
        var parts = output.ReplaceLineEndings("\n").Split("\n\n");
        IEnumerable<Match> Lines(string part, Regex line) => parts.Where(text => text.TrimStart().StartsWith(part, StringComparison.Ordinal)).SelectMany(text => line.Matches(text));
        var options = Lines("Options:", Option()).ToArray();
        var help = new CommandHelp(
            Lines("Commands:", Verb()).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal),
            Lines("Arguments:", Argument()).Count(),
            options.ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Success ? match.Groups[2].Value : null, StringComparer.Ordinal),
            options.Where(match => match.Groups[3].Success).Select(match => match.Groups[1].Value).ToArray());
        Assert.Contains("--help", help.Options.Keys);
        return help;
    }

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|[^\\s\"']+")]
    private static partial Regex Words();

    [GeneratedRegex("^  ([a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex Verb();

    [GeneratedRegex("^  <[^>]+>", RegexOptions.Multiline)]
    private static partial Regex Argument();

    [GeneratedRegex(@"^  (?:-\S+, )*(--[a-z-]+)(?: <([^>]+)>)?( \(REQUIRED\))?", RegexOptions.Multiline)]
    private static partial Regex Option();
}
