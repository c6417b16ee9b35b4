// What holds of the binder for any values at all.
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using IntelMq.DataFormat;

namespace IntelMq.Bots.Tests;

/// <summary>Makes values of every kind and dictionaries of them, with known keys, mistyped ones and any others.</summary>
public static class AnyValues
{
    private static readonly string[] s_texts = ["", "true", "FALSE", "maybe", "12", " 7 ", "12.5", "1e400", "NaN", "a,b", ",", "{}", "{\"a\":1}", "{", "very-loud", "get", "ABC", "9223372036854775808", "\0", "\ud800"];

    private static readonly Gen<Value> s_scalar = Gen.OneOf(
        Gen.Constant(Value.Missing),
        Gen.Constant(Value.Null),
        Gen.Elements(s_texts).Select(Value.Of),
        ArbMap.Default.GeneratorFor<string>().Select(Value.Of),
        ArbMap.Default.GeneratorFor<long>().Select(Value.Of),
        ArbMap.Default.GeneratorFor<System.Numerics.BigInteger>().Select(number => Value.Of(number * long.MaxValue)),
        ArbMap.Default.GeneratorFor<double>().Select(Value.Of),
        ArbMap.Default.GeneratorFor<bool>().Select(Value.Of),
        ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => Value.Of(new ReadOnlyMemory<byte>(bytes))));

    private static readonly Gen<string> s_key = Gen.OneOf(
        Gen.Elements(TestCatalogue.AllTypes.Parameters.Select(parameter => parameter.Key).ToArray()),
        Gen.Elements("old_note", "falg", "cuont", "http_verify_crt"),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get));

    public static Arbitrary<Value> Any() => Values(2).ToArbitrary();

    public static Arbitrary<Dictionary<string, Value>> Dictionary() =>
        Gen.Zip(s_key, Values(2)).ListOf().Select(pairs => pairs.GroupBy(pair => pair.Item1).ToDictionary(group => group.Key, group => group.First().Item2)).ToArbitrary();

    private static Gen<Value> Values(int depth) => depth == 0
        ? s_scalar
        : Gen.OneOf(s_scalar, s_scalar, Values(depth - 1).ListOf().Select(Value.Of), Gen.Zip(s_key, Values(depth - 1)).ListOf().Select(MapOf));

    private static Value MapOf(IEnumerable<(string Key, Value Value)> pairs)
    {
        var map = new ValueMap();
        foreach (var (key, value) in pairs)
        {
            map[key] = value;
        }

        return Value.Of(map);
    }
}

[Properties(Arbitrary = [typeof(AnyValues)], MaxTest = 2000, QuietOnSuccess = true)]
public sealed class BinderPropertyTests
{
    [Property]
    public void Any_values_give_a_record_or_problems_that_name_their_key(Dictionary<string, Value> values)
    {
        var bound = ParameterBinder.Bind(TestCatalogue.AllTypes, values);
        Assert.Equal(bound.Problems.All(problem => problem.IsWarning), bound.Parameters is not null);
        foreach (var problem in bound.Problems)
        {
            Assert.Contains(problem.Key!, values.Keys);
            Assert.Contains($"'{problem.Key}'", problem.Message, StringComparison.Ordinal);
        }
    }

    [Property]
    public void The_same_values_give_the_same_problems(Dictionary<string, Value> values) =>
        Assert.Equal(ParameterBinder.Bind(TestCatalogue.AllTypes, values).Problems, ParameterBinder.Bind(TestCatalogue.AllTypes, values).Problems);

    [Property]
    public void A_problem_does_not_depend_on_the_other_keys(Dictionary<string, Value> values)
    {
        // Both names of one parameter together are the one problem of two keys.
        values.Remove("old_note");
        var together = ParameterBinder.Bind(TestCatalogue.AllTypes, values).Problems;
        var alone = values.SelectMany(item => ParameterBinder.Bind(TestCatalogue.AllTypes, new Dictionary<string, Value> { [item.Key] = item.Value }).Problems);
        Assert.Equal(alone, together);
    }

    [Property]
    public void Bound_numbers_and_texts_keep_the_rules(Dictionary<string, Value> values)
    {
        if (ParameterBinder.Bind(TestCatalogue.AllTypes, values, unknownKeysAreErrors: false).Parameters is AllTypes bound)
        {
            Assert.InRange(bound.Count, 1, 100);
            Assert.True(bound.Ratio >= 0 && double.IsFinite(bound.Ratio));
            Assert.Contains(bound.Method, new[] { "GET", "POST" });
            Assert.Matches("^[A-Z]+$", bound.Code);
            Assert.DoesNotContain(bound.Names, name => name is null);
        }
    }

    [Property]
    public void A_secret_never_reaches_a_sentence(Value given)
    {
        var text = given.ToString();
        foreach (var key in new[] { "password", "pin" })
        {
            var problems = ParameterBinder.Bind(TestCatalogue.AllTypes, new Dictionary<string, Value> { [key] = given }).Problems;

            // The sentence is the same whatever the value: so nothing of it is in it.
            Assert.All(problems, problem => Assert.Equal(SentenceOf(key), problem.Message));
            Assert.Equal($"{key}=***", SecretText.Show(TestCatalogue.AllTypes, new Dictionary<string, Value> { [key] = text }));
        }
    }

    private static string SentenceOf(string key) => key == "pin"
        ? "'pin' is of the wrong form (its value is not shown); allowed is a whole number."
        : "'password' is of the wrong form (its value is not shown); allowed is a text of the form ^[0-9]*$.";
}
