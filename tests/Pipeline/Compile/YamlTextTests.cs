// Nodes that are written as YAML are read as the same values.
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Tests.Compile;

public sealed class YamlTextTests
{
    private static readonly Gen<string> s_texts = Gen.OneOf(
        Gen.Elements("", " ", "a", "a, b", "a: b", "- a", "#", "a #b", "null", "true", "~", "1", "0x1f", "1e3", "1.0", ".nan", "<<", "'", "\"", "\\", "[", "{", "*a", "&a", "!a", "%", "@", "`", "|", ">", "? a", ":", "-", "a\nb", "a\n", "\n", "\t", "\r\n", "é", "\ud83d\ude00", "\u0085", "\u2028", "\0", "yes", "2024-01-01", "=", "---", "...", "env:NAME"),
        ArbMap.Default.ArbFor<string>().Generator.Select(text => new string((text ?? "").Where(character => !char.IsSurrogate(character)).ToArray())));

    private static readonly Gen<Value> s_scalars = Gen.OneOf(
        s_texts.Select(Value.Of),
        Gen.Elements(Value.Null, Value.Of(true), Value.Of(false), Value.Of(0), Value.Of(-5), Value.Of(long.MaxValue), Value.Of(1.0), Value.Of(-0.25), Value.Of(1e300), Value.Of(double.PositiveInfinity)));

    private static Gen<ConfigNode> Nodes(int depth) => depth == 0
        ? s_scalars.Select(value => (ConfigNode)new ConfigScalar(default, value))
        : Gen.OneOf(
            s_scalars.Select(value => (ConfigNode)new ConfigScalar(default, value)),
            Nodes(depth - 1).ListOf().Select(items => (ConfigNode)new ConfigList(default, items)),
            s_texts.Zip(Nodes(depth - 1)).ListOf().Select(items => (ConfigNode)Map(items)));

    private static ConfigMap Map(IEnumerable<(string, ConfigNode)> items) =>
        new(default, items.DistinctBy(item => item.Item1).Select(item => new ConfigEntry(item.Item1, default, item.Item2)).ToList());

    [Property(MaxTest = 2000)]
    public Property What_is_written_is_read() => Prop.ForAll(Nodes(3).ToArbitrary(), node =>
    {
        var text = YamlText.Write(node);
        var problems = new ProblemLog("test.yaml");
        var read = YamlConfig.Read(text, problems)!;
        Assert.True(read.ToValue() == node.ToValue(), JsonText.Compact(node.ToValue()) + "\n" + JsonText.Compact(read.ToValue()) + "\n" + text);
        return !problems.HasErrors && !text.Contains('\r', StringComparison.Ordinal);
    });
}
