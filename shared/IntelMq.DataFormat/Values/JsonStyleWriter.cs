// Writes values as JSON text without intermediate documents.
using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Writes JSON text in the styles of <see cref="JsonStyle"/>; numbers are spelled as Python spells them.</summary>
internal static class JsonStyleWriter
{
    private static readonly char[] s_escaped = Enumerable.Range(0, 0x20).Select(c => (char)c).Concat(['"', '\\']).ToArray();
    private static readonly SearchValues<char> s_exportStops = SearchValues.Create(s_escaped);
    private static readonly SearchValues<char> s_plainAscii = SearchValues.Create(Enumerable.Range(0, 0x80).Select(c => (char)c).Except(s_escaped).ToArray());

    private static readonly SearchValues<byte> s_plainUtf8 = SearchValues.Create(Enumerable.Range(0, 0x80).Select(c => (byte)c).Except(s_escaped.Select(c => (byte)c)).ToArray());

    public static void Write(IBufferWriter<byte> output, in Value value, JsonStyle style)
    {
        if (value.OwnText is { } own)
        {
            WriteText(output, own, style);
            return;
        }

        if (value.IsSlice && (style == JsonStyle.Wire || IsSameInEveryStyle(value.Slice)))
        {
            output.Write(value.Slice);
            return;
        }

        switch (value.Kind)
        {
            case ValueKind.Text:
                WriteText(output, value.AsText()!, style);
                break;
            case ValueKind.Integer:
                WriteInteger(output, value);
                break;
            case ValueKind.Float:
                WriteFloat(output, value.AsFloat()!.Value, style);
                break;
            case ValueKind.Boolean:
                output.Write(value.AsBoolean()!.Value ? "true"u8 : "false"u8);
                break;
            case ValueKind.Bytes:
                WriteText(output, Encoding.UTF8.GetString(value.AsBytes()!.Value.Span), style);
                break;
            case ValueKind.List:
                WriteList(output, value.AsList(), style);
                break;
            case ValueKind.Map:
                WriteMap(output, value.AsMap()!, style);
                break;
            default:
                output.Write("null"u8);
                break;
        }
    }

    // Text of plain ASCII, with escapes that every style writes in the same way, and numbers as everybody spells them.
    private static bool IsSameInEveryStyle(ReadOnlySpan<byte> json)
    {
        if (json is not [(byte)'"', .. var inner, (byte)'"'])
        {
            return JsonSlice.IsPlainNumber(json);
        }

        while (true)
        {
            var run = inner.IndexOfAnyExcept(s_plainUtf8);
            if (run < 0)
            {
                return true;
            }

            if (inner[run] != '\\' || inner[run + 1] is (byte)'u' or (byte)'/')
            {
                return false;
            }

            inner = inner[(run + 2)..];
        }
    }

    public static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<char> text, JsonStyle style)
    {
        // The everyday case: plain ASCII, written in one piece with its quotes.
        if (!text.ContainsAnyExcept(s_plainAscii))
        {
            var whole = output.GetSpan(text.Length + 2);
            whole[0] = (byte)'"';
            Ascii.FromUtf16(text, whole[1..], out _);
            whole[text.Length + 1] = (byte)'"';
            output.Advance(text.Length + 2);
            return;
        }

        output.Write("\""u8);
        while (!text.IsEmpty)
        {
            var run = style == JsonStyle.Export ? text.IndexOfAny(s_exportStops) : text.IndexOfAnyExcept(s_plainAscii);
            if (run < 0)
            {
                run = text.Length;
            }

            if (run > 0)
            {
                var span = output.GetSpan(run * 3);
                output.Advance(Encoding.UTF8.GetBytes(text[..run], span));
                text = text[run..];
            }

            if (!text.IsEmpty)
            {
                WriteEscape(output, text[0]);
                text = text[1..];
            }
        }

        output.Write("\""u8);
    }

    private static void WriteEscape(IBufferWriter<byte> output, char c)
    {
        switch (c)
        {
            case '"': output.Write("\\\""u8); return;
            case '\\': output.Write("\\\\"u8); return;
            case '\n': output.Write("\\n"u8); return;
            case '\r': output.Write("\\r"u8); return;
            case '\t': output.Write("\\t"u8); return;
            case '\b': output.Write("\\b"u8); return;
            case '\f': output.Write("\\f"u8); return;
        }

        var span = output.GetSpan(6);
        "\\u"u8.CopyTo(span);
        Utf8Formatter.TryFormat((uint)c, span[2..], out _, new StandardFormat('x', 4));
        output.Advance(6);
    }

    // JSON knows neither NaN nor infinity. Python writes them bare, which nobody else can read: within this system they are texts.
    private static void WriteFloat(IBufferWriter<byte> output, double number, JsonStyle style)
    {
        var text = PythonText.JsonFloat(number);
        if (style == JsonStyle.Wire && !double.IsFinite(number))
        {
            WriteText(output, text, style);
            return;
        }

        var span = output.GetSpan(text.Length);
        output.Advance(Encoding.ASCII.GetBytes(text, span));
    }

    private static void WriteInteger(IBufferWriter<byte> output, in Value value)
    {
        if (value.AsInteger() is { } number)
        {
            var span = output.GetSpan(20);
            Utf8Formatter.TryFormat(number, span, out var written);
            output.Advance(written);
            return;
        }

        output.Write(Encoding.ASCII.GetBytes(value.AsBigInteger()!.Value.ToString(CultureInfo.InvariantCulture)));
    }

    private static void WriteList(IBufferWriter<byte> output, IReadOnlyList<Value> list, JsonStyle style)
    {
        output.Write("["u8);
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0)
            {
                output.Write(Comma(style));
            }

            Write(output, list[i], style);
        }

        output.Write("]"u8);
    }

    private static void WriteMap(IBufferWriter<byte> output, ValueMap map, JsonStyle style)
    {
        output.Write("{"u8);
        var first = true;
        foreach (var (name, item) in map)
        {
            if (!first)
            {
                output.Write(Comma(style));
            }

            first = false;
            WriteText(output, name, style);
            output.Write(Colon(style));
            Write(output, item, style);
        }

        output.Write("}"u8);
    }

    public static ReadOnlySpan<byte> Comma(JsonStyle style) => style == JsonStyle.Wire ? ","u8 : ", "u8;

    public static ReadOnlySpan<byte> Colon(JsonStyle style) => style == JsonStyle.Wire ? ":"u8 : ": "u8;
}
