// What the binder makes of the values of a pipeline file.
using System.Globalization;
using IntelMq.DataFormat;

namespace IntelMq.Bots.Tests;

public sealed class BinderTests
{
    private static BoundParameters Bind(string json, bool unknownKeysAreErrors = true) =>
        ParameterBinder.Bind(TestCatalogue.AllTypes, JsonText.TryParse(json)!.Value.AsMap()!.ToDictionary(), unknownKeysAreErrors);

    private static AllTypes Good(string json)
    {
        var bound = Bind(json);
        Assert.Empty(bound.Problems);
        return Assert.IsType<AllTypes>(bound.Parameters);
    }

    private static string Bad(string json)
    {
        var bound = Bind(json);
        Assert.Null(bound.Parameters);
        var problem = Assert.Single(bound.Problems);
        Assert.False(problem.IsWarning);
        Assert.Contains($"'{problem.Key}'", problem.Message, StringComparison.Ordinal);
        return problem.Message;
    }

    [Fact]
    public void Nothing_given_gives_the_defaults()
    {
        var bound = Good("{}");
        Assert.Equal(new AllTypes { Names = bound.Names }, bound);
        Assert.Equal(["a", "b"], bound.Names);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"FALSE\"", false)]
    [InlineData("\" True \"", true)]
    public void Flags(string given, bool expected) => Assert.Equal(expected, Good($$"""{"flag":{{given}}}""").Flag);

    [Theory]
    [InlineData("\"maybe\"")]
    [InlineData("\"yes\"")]
    [InlineData("1")]
    [InlineData("\"\"")]
    [InlineData("""["false","true"]""")]
    [InlineData("{}")]
    public void What_is_no_flag(string given) => Assert.Contains("allowed is true or false", Bad($$"""{"flag":{{given}}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("12", 12)]
    [InlineData("12.0", 12)]
    [InlineData("1.2e1", 12)]
    [InlineData("\"12\"", 12)]
    [InlineData("\" 12 \"", 12)]
    [InlineData("1", 1)]
    [InlineData("100", 100)]
    public void Whole_numbers(string given, int expected) => Assert.Equal(expected, Good($$"""{"count":{{given}}}""").Count);

    [Theory]
    [InlineData("12.5")]
    [InlineData("\"12.5\"")]
    [InlineData("\"twelve\"")]
    [InlineData("\"1,000\"")]
    [InlineData("true")]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("4294967297")]
    [InlineData("1e300")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("[12]")]
    public void What_is_no_whole_number_from_1_to_100(string given) =>
        Assert.Contains("allowed is a whole number from 1 to 100", Bad($$"""{"count":{{given}}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("2", 2)]
    [InlineData("\"0.25\"", 0.25)]
    [InlineData("1e3", 1000)]
    public void Numbers(string given, double expected) => Assert.Equal(expected, Good($$"""{"ratio":{{given}}}""").Ratio);

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("-0.1")]
    [InlineData("\"0,25\"")]
    public void What_is_no_number(string given) => Assert.Contains("allowed is a number of at least 0", Bad($$"""{"ratio":{{given}}}"""), StringComparison.Ordinal);

    [Fact]
    public void A_large_number_fits_a_long_one() => Assert.Equal(9_007_199_254_740_993, Good("""{"large":9007199254740993}""").Large);

    [Fact]
    public void Numbers_and_flags_are_texts_where_a_text_is_wanted() => Assert.Equal("true", Good("""{"note":true}""").Note);

    [Fact]
    public void Null_is_a_value_where_the_property_can_hold_it_and_nothing_elsewhere()
    {
        var bound = Good("""{"limit":null,"note":null,"flag":null,"count":null,"names":null,"headers":null,"mood":null}""");
        Assert.Null(bound.Limit);
        Assert.Null(bound.Note);
        Assert.True(bound.Flag);
        Assert.Equal(7, bound.Count);
        Assert.Equal(["a", "b"], bound.Names);
        Assert.Equal(Mood.VeryLoud, bound.Mood);
    }

    [Theory]
    [InlineData("\"one\"", "one")]
    [InlineData("\"one, two ,three\"", "one|two|three")]
    [InlineData("""["one, two","three"]""", "one, two|three")]
    [InlineData("[]", "")]
    [InlineData("\" \"", "")]
    [InlineData("\"a,,b\"", "a||b")]
    [InlineData("5", "5")]
    [InlineData("[1,true]", "1|true")]
    public void Lists(string given, string expected) => Assert.Equal(expected, string.Join('|', Good($$"""{"names":{{given}}}""").Names));

    [Theory]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[[]]")]
    public void What_is_no_list_of_texts(string given) => Assert.Contains("allowed is a list of texts", Bad($$"""{"names":{{given}}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("very-loud")]
    [InlineData("VERY_LOUD")]
    [InlineData("Very-Loud")]
    public void Members_in_any_case_with_either_dash(string given) => Assert.Equal(Mood.VeryLoud, Good($$"""{"mood":"{{given}}"}""").Mood);

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("1")]
    [InlineData("\"angry\"")]
    [InlineData("""["calm"]""")]
    public void What_is_no_member(string given) => Assert.Contains("allowed is one of calm, very-loud", Bad($$"""{"mood":{{given}}}"""), StringComparison.Ordinal);

    [Fact]
    public void Allowed_texts_come_in_the_declared_spelling()
    {
        Assert.Equal("POST", Good("""{"method":"post"}""").Method);
        Assert.Contains("one of GET, POST", Bad("""{"method":"PUT"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_does_not_fit_the_pattern() => Assert.Contains("'ab'; allowed is a text of the form ^[A-Z]+$", Bad("""{"code":"ab"}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"a":1}""")]
    [InlineData("""  "{\"a\": 1}"  """)]
    public void Maps(string given) => Assert.Equal(1, Good($$"""{"headers":{{given}}}""").Headers!["a"].AsInteger());

    [Fact]
    public void An_empty_text_is_an_empty_map() => Assert.Empty(Good("""{"headers":""}""").Headers!);

    [Theory]
    [InlineData("\"{\"")]
    [InlineData("\"[]\"")]
    [InlineData("""["{}"]""")]
    public void What_is_no_map(string given) => Assert.Contains("a map of names and values", Bad($$"""{"headers":{{given}}}"""), StringComparison.Ordinal);

    [Fact]
    public void Anything_is_taken_as_it_is() => Assert.Equal(JsonText.TryParse("""[1,{"a":[]}]"""), Good("""{"anything":[1,{"a":[]}]}""").Anything);

    [Fact]
    public void An_alias_binds_and_both_names_together_do_not()
    {
        Assert.Equal("x", Good("""{"old_note":"x"}""").Note);
        Assert.Contains("given twice", Bad("""{"note":"x","old_note":"y"}"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("falg", "Did you mean 'flag'?")]
    [InlineData("http_verify_crt", "Did you mean 'http_verify_cert'?")]
    [InlineData("ttl", "Did you mean 'TTL'?")]
    [InlineData("something_else_entirely", "is no parameter of test.all_types.expert")]
    public void Unknown_keys(string key, string expected) => Assert.Contains(expected, Bad($$"""{"{{key}}":1}"""), StringComparison.Ordinal);

    [Fact]
    public void Unknown_keys_can_be_left_to_the_caller() => Assert.Empty(Bind("""{"unheard_of":1}""", unknownKeysAreErrors: false).Problems);

    [Fact]
    public void A_deprecated_key_is_a_warning_and_binds()
    {
        var bound = Bind("""{"old_code":"X"}""");
        Assert.Equal("X", ((AllTypes)bound.Parameters!).OldCode);
        var problem = Assert.Single(bound.Problems);
        Assert.True(problem.IsWarning);
        Assert.Contains("Use 'code'.", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_comes_at_once()
    {
        var keys = Bind("""{"flag":"maybe","count":0,"mood":1,"nonsense_key":2,"names":{},"old_code":"X"}""").Problems.Select(problem => problem.Key!);
        Assert.Equal(["count", "flag", "mood", "names", "nonsense_key", "old_code"], keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"password":"hunter2"}""")]
    [InlineData("""{"pin":"hunter2"}""")]
    [InlineData("""{"pin":["hunter2"]}""")]
    public void The_value_of_a_secret_is_never_shown(string json) => Assert.DoesNotContain("hunter2", Bad(json), StringComparison.Ordinal);

    [Fact]
    public void Long_values_are_shown_in_part() => Assert.InRange(Bad($$"""{"flag":"{{new string('x', 100_000)}}"}""").Length, 100, 200);

    [Fact]
    public void A_required_parameter_that_is_missing_or_null()
    {
        foreach (var values in new[] { new Dictionary<string, Value>(), new() { ["target"] = Value.Null } })
        {
            var problem = Assert.Single(ParameterBinder.Bind(TestCatalogue.Demanding, values).Problems);
            Assert.Equal("target", problem.Key);
            Assert.Contains("required", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Checks_of_several_parameters_run_on_the_bound_record()
    {
        var bound = ParameterBinder.Bind(TestCatalogue.Demanding, new Dictionary<string, Value> { ["target"] = "x", ["smallest"] = 20 });
        Assert.Null(bound.Parameters);
        Assert.Equal("'smallest' (20) is larger than 'largest' (10).", Assert.Single(bound.Problems).Message);
    }

    [Fact]
    public void Numbers_are_read_the_same_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Assert.Equal(0.25, Good("""{"ratio":"0.25"}""").Ratio);
            Assert.Contains("of at least 0", Bad("""{"ratio":-0.5}"""), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
