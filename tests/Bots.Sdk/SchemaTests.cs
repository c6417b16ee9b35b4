// The schema of parameters and pipeline files, held against the binder.
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck.Xunit;
using IntelMq.Bots.Reference;
using IntelMq.DataFormat;
using NJsonSchema;
using NJsonSchema.Validation;

namespace IntelMq.Bots.Tests;

public sealed partial class SchemaTests
{
    private static readonly JsonSchema s_schema = JsonSchema.FromJsonAsync(BotSchema.OfParameters(TestCatalogue.AllTypes)).GetAwaiter().GetResult();
    private static readonly JsonSchema s_demanding = JsonSchema.FromJsonAsync(BotSchema.OfParameters(TestCatalogue.Demanding)).GetAwaiter().GetResult();

    private static string[] Complaints(JsonSchema schema, string json) => schema.Validate(json).Select(error => error.ToString()).ToArray();

    [Fact]
    public void It_says_which_draft_it_is()
    {
        foreach (var text in new[] { BotSchema.OfParameters(TestCatalogue.AllTypes), BotSchema.OfPipeline(TestCatalogue.Catalogue) })
        {
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)JsonNode.Parse(text)!["$schema"]);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"flag":false,"count":12,"ratio":0.25,"names":["a"],"headers":{"a":1},"mood":"calm","method":"POST","note":"x","anything":[1]}""")]
    [InlineData("""{"flag":"False","count":"12","ratio":"1e3","names":"a, b","mood":"VERY_LOUD","method":"post","old_note":"x","headers":"{}"}""")]
    [InlineData("""{"limit":null,"note":null,"flag":null,"names":null}""")]
    public void Good_parameters(string json) => Assert.Empty(Complaints(s_schema, json));

    [Theory]
    [InlineData("""{"flag":"maybe"}""")]
    [InlineData("""{"flag":1}""")]
    [InlineData("""{"count":0}""")]
    [InlineData("""{"count":101}""")]
    [InlineData("""{"count":12.5}""")]
    [InlineData("""{"count":"twelve"}""")]
    [InlineData("""{"ratio":-1}""")]
    [InlineData("""{"ratio":"."}""")]
    [InlineData("""{"names":{}}""")]
    [InlineData("""{"names":[null]}""")]
    [InlineData("""{"headers":[]}""")]
    [InlineData("""{"mood":"angry"}""")]
    [InlineData("""{"method":"PUT"}""")]
    [InlineData("""{"code":"ab"}""")]
    [InlineData("""{"note":[]}""")]
    public void Bad_parameters(string json) => Assert.NotEmpty(Complaints(s_schema, json));

    [Fact]
    public void Required_parameters()
    {
        Assert.Contains(s_demanding.Validate("{}"), error => error.Kind == ValidationErrorKind.PropertyRequired);
        Assert.Empty(Complaints(s_demanding, """{"target":"x"}"""));
    }

    [Property(Arbitrary = [typeof(AnyValues)], MaxTest = 500, QuietOnSuccess = true)]
    public void Editors_never_complain_about_what_the_binder_accepts(Value given)
    {
        // NJsonSchema cannot compare numbers beyond 64 bits.
        foreach (var parameter in TestCatalogue.AllTypes.Parameters.Where(_ => !LargeNumber().IsMatch(JsonText.Compact(given))))
        {
            var values = new Dictionary<string, Value> { [parameter.Key] = given };
            if (!given.IsMissing && ParameterBinder.Bind(TestCatalogue.AllTypes, values).Parameters is not null)
            {
                var json = JsonText.Compact(Value.Of(new ValueMap { [parameter.Key] = given }));
                Assert.True(Complaints(s_schema, json) is [], $"{json}: {string.Join("; ", Complaints(s_schema, json))}");
            }
        }
    }

    [Fact]
    public void Defaults_are_in_it_but_not_those_of_secrets()
    {
        var properties = JsonNode.Parse(BotSchema.OfParameters(TestCatalogue.AllTypes))!["properties"]!;
        Assert.Equal(7, (int)properties["count"]!["default"]!);
        Assert.Equal("60", properties["http_timeout_sec"]!["default"]!.ToJsonString());
        Assert.Equal("very-loud", (string?)properties["mood"]!["default"]);
        Assert.Null(properties["password"]!["default"]);
        Assert.True((bool)properties["old_code"]!["deprecated"]!);
    }

    [Fact]
    public void Every_reference_of_the_pipeline_schema_leads_somewhere()
    {
        var root = JsonNode.Parse(BotSchema.OfPipeline(TestCatalogue.Catalogue))!;
        var references = References(root).ToArray();
        Assert.Contains("#/$defs/test.all_types.expert", references);
        Assert.All(references, reference => Assert.NotNull(root["$defs"]![reference["#/$defs/".Length..]]));
    }

    [Fact]
    public void What_all_bots_share_stands_in_the_pipeline_schema_once()
    {
        var definitions = JsonNode.Parse(BotSchema.OfPipeline(TestCatalogue.Catalogue))!["$defs"]!;
        foreach (var bot in TestCatalogue.Catalogue.All)
        {
            Assert.Equal("#/$defs/BotParameters.accuracy", (string?)definitions[bot.Id]!["properties"]!["accuracy"]!["$ref"]);
        }

        // An overriding property is the bot's own, with its own rules.
        Assert.Equal(5, (int)definitions["test.all_types.expert"]!["properties"]!["http_timeout_sec"]!["anyOf"]![0]!["minimum"]!);
    }

    [Fact]
    public async Task A_bot_of_the_pipeline_file()
    {
        var bot = JsonNode.Parse(BotSchema.OfPipeline(TestCatalogue.Catalogue))!["$defs"]!["bot"]!;
        Assert.Equal(TestCatalogue.Catalogue.All.Select(known => known.Id), bot["properties"]!["module"]!["enum"]!.AsArray().Select(id => (string?)id));

        // NJsonSchema knows neither $defs nor if/then.
        var schema = await JsonSchema.FromJsonAsync(bot.ToJsonString().Replace("#/$defs/", "#/definitions/", StringComparison.Ordinal)
            .Replace("\"allOf\"", "\"x-allOf\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Empty(Complaints(schema, """{"module":"test.empty.collector","parameters":{},"destination_queues":{"_default":["a-queue"]}}"""));
        Assert.Empty(Complaints(schema, """{"module":"test.empty.collector","destination_queues":"a-queue","enabled":true}"""));
        Assert.NotEmpty(Complaints(schema, """{"parameters":{}}"""));
        Assert.NotEmpty(Complaints(schema, """{"module":"test.emty.collector"}"""));
        Assert.NotEmpty(Complaints(schema, """{"module":"test.empty.collector","enabled":"perhaps"}"""));
    }

    [GeneratedRegex("[0-9]{19}")]
    private static partial Regex LargeNumber();

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(item => item.Key == "$ref" ? [(string)item.Value!] : References(item.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
