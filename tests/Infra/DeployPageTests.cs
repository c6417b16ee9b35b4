// The table of docs/deploy.md is what the pipeline file may say; UPDATE=1 writes it.
using System.Text;
using IntelMq.Pipeline;

namespace IntelMq.Infra.Tests;

public sealed class DeployPageTests
{
    private const string Begin = "<!-- deployment keys: written from shared/IntelMq.Pipeline/Deployment/deployment.tsv (tests/Infra) -->\n";
    private const string End = "<!-- end of deployment keys -->\n";

    private static string Page => Path.Combine(Bicep.Infra, "..", "docs", "deploy.md");

    [Fact]
    public void The_table_of_the_page_is_what_the_pipeline_file_may_say()
    {
        var page = File.ReadAllText(Page);
        var (start, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(start >= Begin.Length && end >= start, $"docs/deploy.md has no place for the table: '{Begin.Trim()}' and '{End.Trim()}'.");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllText(Page, page[..start] + Table() + page[end..]);
            return;
        }

        Assert.True(Table() == page[start..end], $"The table of docs/deploy.md is stale. UPDATE=1 writes it:\n{Table()}");
    }

    private static string Table()
    {
        var table = new StringBuilder("| key | without it | allowed | meaning |\n|---|---|---|---|\n");
        foreach (var key in DeploymentKey.All)
        {
            table.Append($"| `{key.Name}` | {Default(key)} | {Allowed(key)} | {Cell(key.Description)} |\n");
        }

        return table.ToString();
    }

    private static string Default(DeploymentKey key) => key.Default switch
    {
        "''" or "[]" or "{}" => "",
        "resourceGroup().location" => "the group's",
        _ => $"`{key.Default.Trim('\'')}`",
    };

    private static string Allowed(DeploymentKey key) =>
        key.Allowed.Count > 0 ? string.Join(", ", key.Allowed.Select(value => $"`{value}`"))
        : key.Range is var (from, to) ? $"{from} to {to}"
        : key.Type == "flag" ? "`true`, `false`"
        : key.Rule.Length > 0 ? $"`{Cell(key.Rule)}`"
        : key.Type switch { "list" => "a list of texts", "map" => "a map of texts", _ => $"a {key.Type}" };

    // A table cell must stay one.
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
