// Nodes as YAML text.
using System.Globalization;
using System.Text.RegularExpressions;
using IntelMq.DataFormat;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IntelMq.Pipeline.Files;

/// <summary>Writes nodes as YAML text that <see cref="YamlConfig"/> reads as the same values: LF, no anchors, no comments.</summary>
internal sealed partial class YamlText
{
    private readonly Emitter _emitter;

    private YamlText(TextWriter output) =>
        _emitter = new Emitter(output, new EmitterSettings().WithBestWidth(int.MaxValue).WithIndentedSequences().WithNewLine("\n"));

    /// <summary>The text of a node.</summary>
    public static string Write(ConfigNode node)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var yaml = new YamlText(output);
        yaml._emitter.Emit(new StreamStart());
        yaml._emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        yaml.Emit(node);
        yaml._emitter.Emit(new DocumentEnd(isImplicit: true));
        yaml._emitter.Emit(new StreamEnd());
        return output.ToString();
    }

    private void Emit(ConfigNode node)
    {
        switch (node)
        {
            case ConfigMap map:
                _emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
                foreach (var entry in map.Entries)
                {
                    Text(entry.Key);
                    Emit(entry.Node);
                }

                _emitter.Emit(new MappingEnd());
                break;
            case ConfigList list:
                _emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, list.Items.All(item => item is ConfigScalar) ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list.Items)
                {
                    Emit(item);
                }

                _emitter.Emit(new SequenceEnd());
                break;
            case ConfigScalar scalar:
                Emit(scalar.Value);
                break;
        }
    }

    private void Emit(in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Text:
                Text(value.AsText()!);
                break;
            case ValueKind.Float:
                Plain(Number(value.AsFloat()!.Value));
                break;
            case ValueKind.Null or ValueKind.Missing:
                Plain("null");
                break;
            default:
                Plain(value.ToString());
                break;
        }
    }

    private static string Number(double number) => number switch
    {
        double.NaN => ".nan",
        double.PositiveInfinity => ".inf",
        double.NegativeInfinity => "-.inf",
        _ => number.ToString("R", CultureInfo.InvariantCulture) is var text && text.AsSpan().ContainsAny(".eE") ? text : text + ".0",
    };

    // A text that would be read as something else, or that only quotes keep as it is, is quoted.
    private void Text(string text)
    {
        // The library writes some texts plain that it cannot read back (':^'): what is more than words, numbers, paths and addresses is quoted.
        var plain = Word().IsMatch(text) && YamlScalars.Resolve(text).Kind == ValueKind.Text;
        var style = text.Any(character => character is < ' ' or > '~') ? ScalarStyle.DoubleQuoted : plain ? ScalarStyle.Any : ScalarStyle.SingleQuoted;
        _emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: plain, isQuotedImplicit: true));
    }

    [GeneratedRegex(@"^[A-Za-z0-9_./][A-Za-z0-9_./@+=~-]*([ :][A-Za-z0-9_./@+=~-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    private void Plain(string text) =>
        _emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));
}
