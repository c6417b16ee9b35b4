// What the generic CSV parser refuses before it parses anything.
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntelMq.Bots.Cases;

public sealed class CsvStartTests
{
    [Theory]
    [InlineData("http://{0}{1}")]
    [InlineData("no cell at all")]
    [InlineData("{{{0}}} and }}{{")]
    [InlineData("{9999}")]
    public async Task Texts_with_numbers_of_cells_and_doubled_braces_are_taken(string template) =>
        Assert.Empty(await ProblemsAsync("source.url", template));

    [Theory]
    [InlineData("{}")]
    [InlineData("{name}")]
    [InlineData("{0!r}")]
    [InlineData("{0:>8}")]
    [InlineData("{-1}")]
    [InlineData("{10000}")]
    [InlineData("{0")]
    [InlineData("0}")]
    [InlineData("{{0}")]
    public async Task Other_braces_are_refused_and_the_text_is_shown(string template) =>
        Assert.Contains($"'{template}'", Assert.Single(await ProblemsAsync("source.url", template)), StringComparison.Ordinal);

    [Fact]
    public async Task A_composed_name_that_is_no_field_is_refused_with_the_nearest_one() =>
        Assert.Contains("'source.urll' is no field (did you mean 'source.url'?)", Assert.Single(await ProblemsAsync("source.urll", "{0}")), StringComparison.Ordinal);

    [Fact]
    public async Task A_column_that_is_no_field_is_refused() =>
        Assert.Contains("'source.ipp' is no field", Assert.Single(await ProblemsAsync("source.url", "{0}", "source.ipp")), StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> ProblemsAsync(string field, string template, string column = "source.ip")
    {
        Assert.True(CaseRun.Catalogue.TryGet("intelmq.bots.parsers.generic.parser_csv", out var bot));
        var bound = ParameterBinder.Bind(bot, new Dictionary<string, Value>
        {
            ["columns"] = column,
            ["compose_fields"] = Value.Of(new ValueMap { [field] = template }),
        });
        Assert.NotNull(bound.Parameters);
        var scratch = Directory.CreateTempSubdirectory("csv-start-");
        try
        {
            var state = new MemoryStateStore(TimeProvider.System);
            await using var files = new LocalFileStore(scratch.FullName, scratch.FullName, Path.Combine(scratch.FullName, "journal"), state);
            using var nobody = RecordedAnswers.Parse("[]"u8.ToArray());
            var context = new BotContext { BotId = "csv", Log = NullLogger.Instance, State = state, Files = files, Http = nobody, Dns = nobody };
            var claims = new FileClaimCheckStore(Path.Combine(scratch.FullName, "claims"));
            await using var started = await BotAlone.StartAsync(bot.Create(), bot.Id, bound.Parameters, context, claims, TestContext.Current.CancellationToken);
            return [];
        }
        catch (BotConfigurationException error)
        {
            return error.Problems;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
