// The queries of alerts and of the workbook are queries: a wrong one is an alert that never comes.
using System.Text.Json;

namespace IntelMq.Infra.Tests;

public sealed class QueryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alerts_ask_what_can_be_asked()
    {
        var rules = (await Sample.DeploymentAsync("minimal")).OfType("Microsoft.Insights/scheduledQueryRules").ToArray();
        Assert.Equal(4, rules.Length);
        var criteria = rules.Select(rule => (rule.OwnName, Only: rule.Properties.GetProperty("criteria").GetProperty("allOf")[0])).ToArray();
        Assert.Equal("", await NpmLinters.QueriesAsync(criteria.Select(item => (item.OwnName, item.Only.GetProperty("query").GetString()!)), Cancellation));

        // What is measured, and by what it is told apart, is in what the query gives.
        foreach (var (name, only) in criteria)
        {
            var columns = only.GetProperty("dimensions").EnumerateArray().Select(dimension => dimension.GetProperty("name").GetString()!).Append(only.GetProperty("metricMeasureColumn").GetString()!);
            var query = only.GetProperty("query").GetString()!;
            Assert.Equal("", await NpmLinters.QueriesAsync([(name, $"{query} | project {string.Join(", ", columns)}")], Cancellation));
        }
    }

    [Fact]
    public async Task The_workbook_asks_what_can_be_asked()
    {
        using var workbook = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Bicep.Infra, "modules", "workbook.json"), Cancellation));
        var queries = workbook.RootElement.GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("content").TryGetProperty("query", out _))
            .Select(item => (item.GetProperty("name").GetString()!, item.GetProperty("content").GetProperty("query").GetString()!.Replace("{time:grain}", "15m", StringComparison.Ordinal)))
            .ToArray();
        Assert.Equal(7, queries.Length);
        Assert.Equal("", await NpmLinters.QueriesAsync(queries, Cancellation));
    }

    [Fact]
    public async Task A_wrong_query_is_found() =>
        Assert.Contains("The name 'Mesage'", await NpmLinters.QueriesAsync([("wrong", "AppTraces | where Mesage == 'x'")], Cancellation), StringComparison.Ordinal);
}
