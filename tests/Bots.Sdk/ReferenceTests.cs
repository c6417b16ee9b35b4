// The generated pages and descriptions.
using IntelMq.Bots.Reference;
using IntelMq.DataFormat;

namespace IntelMq.Bots.Tests;

public sealed class ReferenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-docs-").FullName;
    private readonly IReadOnlyDictionary<string, string> _pages = BotReference.Pages(TestCatalogue.Catalogue);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void There_is_a_page_per_bot_an_index_the_shared_parameters_and_the_schema() => Assert.Equal(
        [
            "bots/README.md", "bots/common-parameters.md", "bots/test.all_types.expert.md", "bots/test.demanding.output.md", "bots/test.empty.collector.md",
            "schema/runtime.schema.json",
        ],
        _pages.Keys);

    [Fact]
    public void The_page_of_a_bot()
    {
        var page = _pages["bots/test.all_types.expert.md"];
        foreach (var expected in new[]
        {
            "# test.all_types.expert\n\nHas every type of parameter.\n",
            "- Kind: expert\n",
            "- Paths besides `_default`: `loud`\n",
            "- Reads: `comment`\n",
            "- Unverified: Everything.\n",
            "| `count` | integer | default 7; at least 1; at most 100 | A whole number. |\n",
            "| `mood` | one of calm, very-loud | default 'very-loud' | A member. |\n",
            "| `password` | text | of the form ^[0-9]*$; secret | A password. |\n",
            "| `TTL` | text | a file to read; since 3.0 | With a key of its own. Example: `60 \\| 90`. |\n",
            "| `old_code` | text | deprecated: Use 'code'. | A former name. |\n",
            "[common parameters](common-parameters.md)",
            "| `error_max_retries` | integer | 3 |\n",
            "| `http_proxy` | text |  |\n",
        })
        {
            Assert.Contains(expected, page, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Guarantee", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_an_output_tells_its_guarantee_and_what_is_required()
    {
        Assert.Contains("- Guarantee: exact: none lost, none twice\n", _pages["bots/test.demanding.output.md"], StringComparison.Ordinal);
        Assert.Contains("| `target` | text | required | Where to. |\n", _pages["bots/test.demanding.output.md"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_bot_without_parameters_of_its_own_says_so() => Assert.Contains("None of its own.", _pages["bots/test.empty.collector.md"], StringComparison.Ordinal);

    [Fact]
    public void The_index_lists_every_bot_with_what_is_unverified()
    {
        var index = _pages["bots/README.md"];
        Assert.Contains("| [test.all_types.expert](test.all_types.expert.md) | Has every type of parameter. | Everything. |\n", index, StringComparison.Ordinal);
        Assert.Contains("| [test.empty.collector](test.empty.collector.md) | Collects nothing. |  |\n", index, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_parameter_of_a_bot_stands_on_its_page_or_among_the_shared_ones() => Assert.All(
        TestCatalogue.Catalogue.All.SelectMany(bot => bot.Parameters.Select(parameter => (bot.Id, Row: $"| `{parameter.Key}` |"))),
        item => Assert.Contains(item.Row, _pages[$"bots/{item.Id}.md"] + _pages["bots/common-parameters.md"], StringComparison.Ordinal));

    [Fact]
    public void Every_link_leads_to_a_page() => Assert.All(
        _pages.Where(page => page.Key.EndsWith(".md", StringComparison.Ordinal)).SelectMany(page => System.Text.RegularExpressions.Regex.Matches(page.Value, @"\]\(([^)]+)\)").Select(link => link.Groups[1].Value)),
        link => Assert.Contains("bots/" + link, _pages.Keys));

    [Fact]
    public void Same_declarations_same_bytes()
    {
        Assert.Equal(_pages, BotReference.Pages(BotCatalogue.Scan([typeof(AllTypesBot).Assembly])));
        Assert.All(_pages.Values, page => Assert.DoesNotContain('\r', page));
        Assert.All(_pages.Values, page => Assert.EndsWith("\n", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Stale_pages_are_told_and_writing_makes_them_good()
    {
        Assert.Equal(_pages.Keys, BotReference.Stale(_pages, _folder));
        BotReference.Write(_pages, _folder);
        Assert.Empty(BotReference.Stale(_pages, _folder));

        File.AppendAllText(Path.Combine(_folder, "bots/README.md"), "edited");
        File.WriteAllText(Path.Combine(_folder, "bots/test.gone.expert.md"), "of a bot that is gone");
        File.Delete(Path.Combine(_folder, "schema/runtime.schema.json"));
        Assert.Equal(["bots/README.md", "schema/runtime.schema.json", "bots/test.gone.expert.md"], BotReference.Stale(_pages, _folder));
        BotReference.Write(_pages, _folder);
        Assert.Empty(BotReference.Stale(_pages, _folder));
        Assert.False(File.Exists(Path.Combine(_folder, "bots/test.gone.expert.md")));
    }

    [Fact]
    public void A_bot_for_programs()
    {
        var bot = BotDescription.ToValue(TestCatalogue.AllTypes).AsMap()!;
        Assert.Equal("Everything.", bot["unverified"]);
        var parameters = bot["parameters"].AsList().Select(parameter => parameter.AsMap()!).ToDictionary(parameter => parameter["key"].ToString());
        Assert.Equal(TestCatalogue.AllTypes.Parameters.Count, parameters.Count);
        Assert.Equal((7L, 100.0), (parameters["count"]["default"].AsInteger(), parameters["count"]["maximum"].AsFloat()));
        Assert.Equal(true, parameters["password"]["secret"].AsBoolean());
        Assert.Equal("read", parameters["TTL"]["path"]);
        Assert.Equal("60 | 90", parameters["TTL"]["example"]);
        Assert.NotNull(JsonText.TryParse(JsonText.Compact(BotDescription.ToValue(TestCatalogue.AllTypes))));
    }

    [Fact]
    public void A_bot_for_a_terminal()
    {
        var text = BotDescription.ToText(TestCatalogue.Demanding);
        Assert.StartsWith("test.demanding.output", text, StringComparison.Ordinal);
        Assert.Contains("guarantee   exact", text, StringComparison.Ordinal);
        Assert.Matches("target +text; required", text);
    }
}
