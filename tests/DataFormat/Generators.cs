// Random values and messages for property tests.
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace IntelMq.DataFormat.Tests;

/// <summary>Generators; every run draws the same cases, so that a failure can be repeated.</summary>
internal static class Generators
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithReplay(20150831, 297).WithMaxTest(400);

    private static readonly string[] s_pieces =
    [
        "a", "Z", "0", "9", "255", ".", ":", "/", "-", "_", " ", "\t", "\n", "%", "@", "AS", "TLP:", "http://", "hxxp://", "example.com", "192.0.2.1",
        "2001:db8::", "+00:00", "2015-08-31", "T08:16:10", "ä", "ß", "日本", "😀", "\u0000", "\u0301", "{\"a\":", "1}", "[", "]", "\"", "\\", "true", "NaN",
    ];

    private static readonly (Field Field, Value[] Samples)[] s_samples =
    [
        (Fields.Source.Ip, ["192.0.2.1", "2001:db8::1", Value.Of(["192.0.2.1", "198.51.100.2"])]),
        (Fields.Source.Asn, [64496, Value.Of([64496, 64497, 64498])]),
        (Fields.Source.Port, [0, 80, 65535]),
        (Fields.Source.Fqdn, ["example.com", Value.Of(["example.com", "example.net"])]),
        (Fields.Source.Url, ["http://example.com/?q=ä\"\\"]),
        (Fields.Source.Geolocation.Latitude, [47.5, -0.25, 1e-7]),
        (Fields.Source.TorNode, [true, false]),
        (Fields.Time.Source, ["2015-08-31T08:16:10+00:00"]),
        (Fields.Feed.Name, ["Example feed", "ünïcode 😀", "\u2028 line"]),
        (Fields.Feed.Accuracy, [100.0, 33.3]),
        (Fields.RtirId, [7, Value.Of(BigInteger.Pow(10, 30))]),
        (Fields.Raw, ["YWJj"]),
        (Fields.Comment, ["it's \"quoted\"", "tab\tand\nline", "\u0001"]),
        (Fields.Classification.Type, ["phishing"]),
    ];

    /// <summary>Texts made of pieces that matter to some type.</summary>
    public static Gen<string> Text { get; } = Gen.Sized(size => Gen.ArrayOf(Gen.Elements(s_pieces)).Select(string.Concat));

    /// <summary>Values of all kinds, nested ones too.</summary>
    public static Gen<Value> AnyValue { get; } = Values(2);

    /// <summary>Names below extra: well formed and foreign ones.</summary>
    public static Gen<string> ExtraName { get; } = Gen.Elements("extra.tags", "extra.a", "extra.a.b", "extra.1foo", "extra.Foo Bar", "extra.x-y", "extra.ü");

    /// <summary>Events and reports with proper values, without those that mean nothing.</summary>
    public static Gen<Message> Message { get; } =
        from isEvent in Gen.Elements(true, false)
        from picks in Gen.ListOf(Gen.Elements(s_samples).SelectMany(sample => Gen.Elements(sample.Samples).Select(value => (sample.Field, value))))
        from extras in Gen.ListOf(ExtraName.SelectMany(name => AnyValue.Where(IsSomething).Select(value => (name, value))))
        select Build(isEvent, picks, extras);

    /// <summary>Runs a property over generated cases and fails with the smallest counterexample.</summary>
    public static void ForAll<T>(Gen<T> cases, Action<T> property) =>
        Check.One(s_config, Prop.ForAll(cases.ToArbitrary(), property));

    private static Gen<Value> Values(int depth)
    {
        var plain = Gen.OneOf(
            Text.Select(Value.Of),
            Gen.Elements<long>(0, 1, -1, 64496, long.MaxValue, long.MinValue).Select(Value.Of),
            Gen.Elements(0.0, -1.5, 1e300, 5e-324).Select(Value.Of),
            Gen.Elements(true, false).Select(Value.Of),
            Gen.Constant(Value.Null),
            Gen.Constant(Value.Of(BigInteger.Pow(2, 128))));
        if (depth == 0)
        {
            return plain;
        }

        var below = Values(depth - 1);
        return Gen.Frequency(
            (5, plain),
            (1, Gen.ListOf(below).Select(list => Value.Of(list))),
            (1, Gen.ListOf(Text.SelectMany(name => below.Select(value => (name, value)))).Select(items => Value.Of(Map(items)))));
    }

    private static bool IsSomething(Value value) => !EmptyValues.IsEmpty(value);

    private static ValueMap Map(IEnumerable<(string Name, Value Value)> items)
    {
        var map = new ValueMap();
        foreach (var (name, value) in items)
        {
            map[name] = value;
        }

        return map;
    }

    private static Message Build(bool isEvent, IEnumerable<(Field Field, Value Value)> picks, IEnumerable<(string Name, Value Value)> extras)
    {
        Message message = isEvent ? new Event() : new Report();
        foreach (var (field, value) in picks)
        {
            if ((field.Kinds & message.Kind) != 0)
            {
                message.Add(field, value, AddOptions.Overwrite | AddOptions.AsIs);
            }
        }

        // As a map's entries: so foreign names come in as feeds bring them.
        var map = Map(extras.Select(extra => (extra.Name["extra.".Length..], extra.Value)));
        if (map.Count > 0)
        {
            message.Add(Fields.Extra, Value.Of(map));
        }

        message.Meta.Id = MessageId.Foreign(Guid.Empty, "generated", "message", message.Count);
        return message;
    }
}
