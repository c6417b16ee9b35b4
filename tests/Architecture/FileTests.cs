// What files look like, how they are named and where they lie.
using System.Text.RegularExpressions;

namespace IntelMq.Architecture.Tests;

public sealed partial class FileTests
{
    private const int LongestFile = 400;
    private const int LongestBot = 150;

    private static readonly string[] s_root =
    [
        "IntelMq.Functions.sln", "README.md", "LICENSE", "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", "global.json",
        ".editorconfig", ".gitignore", ".gitattributes", ".ci", ".config", ".github",
        "functions", "shared", "infra", "local-emulators", "tests", "docs",
    ];

    // A name says what a thing holds; these say nothing.
    [GeneratedRegex("(Helpers?|Utils?|Utility|Utilities|Common|Manager)$", RegexOptions.IgnoreCase)]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+(?:struct\s+|class\s+)?(\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex("^// [A-Za-z]")]
    private static partial Regex FirstLine();

    private static string? Breach(string file, IReadOnlyList<string> lines)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return lines switch
        {
            _ when lines.Count == 0 || !FirstLine().IsMatch(lines[0]) => $"{file} does not say in its first line what it is.",
            _ when lines.Count > LongestFile => $"{file} has {lines.Count} lines; {LongestFile} are allowed.",
            _ when lines.Count > LongestBot && IsBot(file, lines) => $"{file} is a bot of {lines.Count} lines; {LongestBot} are allowed.",
            _ when EmptyName().IsMatch(name) => $"The name of {file} does not say what it holds.",
            _ => lines.SelectMany(line => TypeName().Matches(line.Split("//")[0])).Select(match => match.Groups[1].Value).FirstOrDefault(type => EmptyName().IsMatch(type)) is { } type
                ? $"The name of {type} in {file} does not say what it holds."
                : null,
        };
    }

    private static bool IsBot(string file, IReadOnlyList<string> lines) =>
        file.StartsWith("functions/", StringComparison.Ordinal) && lines.Any(line => line.StartsWith("[Bot(", StringComparison.Ordinal));

    [Fact]
    public void Every_source_file_keeps_the_rules() => House.Keeps(House.Sources.Select(file => Breach(file, House.Lines(file))).OfType<string>());

    [Fact]
    public void The_root_holds_only_what_the_design_lists() => House.Keeps(House.RootEntries.Except(s_root));

    [Fact]
    public void No_folder_has_an_empty_name() => Assert.DoesNotContain(House.Folders, folder => EmptyName().IsMatch(folder.Split('/')[^1]));

    [Fact]
    public void There_is_one_file_per_bot() => Assert.DoesNotContain(
        House.Sources.Where(file => file.StartsWith("functions/", StringComparison.Ordinal)),
        file => House.Lines(file).Count(line => line.StartsWith("[Bot(", StringComparison.Ordinal)) > 1);

    [Fact]
    public void Bots_are_seen() => Assert.Contains(House.Sources, file => IsBot(file, House.Lines(file)));

    [Theory]
    [InlineData("shared/A.cs", 3, "namespace A;", "A", "does not say in its first line")]
    [InlineData("shared/A.cs", 401, "// What it is.", "A", "401 lines")]
    [InlineData("functions/Experts/A.cs", 151, "// What it is.", "A", "a bot of 151 lines")]
    [InlineData("shared/FieldHelpers.cs", 3, "// What it is.", "A", "does not say what it holds")]
    [InlineData("shared/A.cs", 3, "// What it is.", "QueueManager", "The name of QueueManager")]
    public void A_breach_is_noticed(string file, int length, string first, string type, string expected)
    {
        var lines = new[] { first, "[Bot(\"a\", \"b\")]", $"internal sealed record {type};" };
        Assert.Contains(expected, Breach(file, [.. lines, .. Enumerable.Repeat("", Math.Max(0, length - 3))]), StringComparison.Ordinal);
    }
}
