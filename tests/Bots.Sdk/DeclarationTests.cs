// What is read from a parameters record.
using IntelMq.DataFormat;

namespace IntelMq.Bots.Tests;

public sealed class DeclarationTests
{
    private static ParameterDeclaration Of(string key) => TestCatalogue.AllTypes.Parameters.Single(parameter => parameter.Key == key);

    public sealed record Undocumented : ExpertParameters
    {
        public int Bare { get; init; }
    }

    public sealed record Twice : ExpertParameters
    {
        [Parameter("One.")]
        public int One { get; init; }

        [Parameter("Two.", Alias = "one")]
        public int Two { get; init; }
    }

    public sealed record OddType : ExpertParameters
    {
        [Parameter("A date.")]
        public DateTime Date { get; init; }
    }

    [Fact]
    public void Own_parameters_come_before_inherited_ones()
    {
        var keys = TestCatalogue.AllTypes.Parameters.Select(parameter => parameter.Key).ToArray();
        Assert.Equal(["flag", "count", "large"], keys[..3]);
        Assert.True(Array.IndexOf(keys, "http_proxy_name") < Array.IndexOf(keys, "error_max_retries"));
        Assert.Equal(keys.Distinct(), keys);
    }

    [Theory]
    [InlineData("flag", "boolean", "true")]
    [InlineData("count", "integer", "7")]
    [InlineData("large", "integer", "5000000000")]
    [InlineData("ratio", "number", "0.5")]
    [InlineData("limit", "integer", "3")]
    [InlineData("code", "text", "AB")]
    [InlineData("mood", "one of calm, very-loud", "very-loud")]
    [InlineData("method", "one of GET, POST", "GET")]
    [InlineData("names", "list of texts", """["a","b"]""")]
    [InlineData("headers", "map", "")]
    [InlineData("anything", "any", "1")]
    public void Types_and_defaults(string key, string type, string expected)
    {
        Assert.Equal(type, Of(key).TypeName);
        Assert.Equal(expected, Of(key).Default.ToString());
    }

    [Fact]
    public void An_overriding_property_brings_its_default_and_the_nearest_documentation()
    {
        Assert.Equal(42, Of("rate_limit").Default.AsInteger());
        Assert.StartsWith("Seconds between two runs", Of("rate_limit").Description, StringComparison.Ordinal);
        Assert.Equal(60, Of("http_timeout_sec").Default.AsInteger());
        Assert.Equal(5, Of("http_timeout_sec").Rules.Minimum);
        Assert.Equal("How long, in another bot's words.", Of("http_timeout_sec").Description);
    }

    [Fact]
    public void A_required_parameter_has_no_default()
    {
        var target = TestCatalogue.Demanding.Parameters.Single(parameter => parameter.Key == "target");
        Assert.True(target.Required);
        Assert.Equal(ValueKind.Missing, target.Default.Kind);
    }

    [Fact]
    public void Null_is_a_value_where_the_property_says_so()
    {
        Assert.All(["limit", "note", "headers", "pin"], key => Assert.True(Of(key).Nullable, key));
        Assert.All(["flag", "count", "code", "names", "anything"], key => Assert.False(Of(key).Nullable, key));
    }

    [Theory]
    [InlineData("RateLimit", "rate_limit")]
    [InlineData("HTTPProxy", "http_proxy")]
    [InlineData("UseTLS", "use_tls")]
    [InlineData("A", "a")]
    [InlineData("Ipv6Only", "ipv6_only")]
    public void Keys_are_snake_case(string property, string key) => Assert.Equal(key, ParameterDeclaration.KeyOf(property));

    [Theory]
    [InlineData(typeof(Undocumented), "Undocumented.Bare has no [Parameter]")]
    [InlineData(typeof(Twice), "'one' is declared twice")]
    [InlineData(typeof(OddType), "System.DateTime is no type for a parameter")]
    public void A_record_that_breaks_a_rule(Type record, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => ParameterDeclaration.Of(record)).Message.Replace('+', '.'), StringComparison.Ordinal);

    [Fact]
    public void Many_threads_read_the_same_declarations()
    {
        var read = Enumerable.Range(0, 200).AsParallel().WithDegreeOfParallelism(8)
            .Select(_ => string.Join(' ', ParameterDeclaration.Of(typeof(AllTypes)).Select(parameter => $"{parameter.Key}:{parameter.Nullable}"))).ToArray();
        Assert.Single(read.Distinct());
    }

    [Fact]
    public void Secrets_are_hidden_by_declaration_and_mistyped_ones_by_their_name()
    {
        var shown = SecretText.Show(TestCatalogue.AllTypes, new Dictionary<string, Value>
        {
            ["password"] = "hunter2", ["pasword_token"] = "hunter3", ["pin"] = 4711, ["note"] = "open",
        });
        Assert.Equal("note=open, password=***, pasword_token=***, pin=***", shown);
    }

    [Theory]
    [InlineData("falg", "flag")]
    [InlineData("flagg", "flag")]
    [InlineData("FLAG", "flag")]
    [InlineData("destination_queue", "destination_queues")]
    [InlineData("zzz", null)]
    [InlineData("", null)]
    public void The_nearest_name(string mistyped, string? expected) => Assert.Equal(expected, NearName.Find(mistyped, ["flag", "count", "destination_queues"]));
}
