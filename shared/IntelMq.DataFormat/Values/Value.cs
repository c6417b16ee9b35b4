// One value of a field: 16 bytes, no boxing, and for messages read from the wire no decoding until it is looked at.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Buffers.Text;
using System.Numerics;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>
/// A value of a field. Values read from a frame stay a slice of the frame's bytes until somebody looks at them
/// (<see cref="IsSlice"/>): an expert that reads one field of thirty decodes one.
/// </summary>
public readonly struct Value : IEquatable<Value>
{
    private static readonly object s_null = new();
    private static readonly object s_integer = new();
    private static readonly object s_float = new();
    private static readonly object s_boolean = new();

    private readonly object? _reference;
    private readonly long _bits;

    private Value(object? reference, long bits)
    {
        _reference = reference;
        _bits = bits;
    }

    /// <summary>No value.</summary>
    public static Value Missing => default;

    /// <summary>JSON null.</summary>
    public static Value Null => new(s_null, 0);

    /// <summary>What this holds.</summary>
    public ValueKind Kind => _reference switch
    {
        null => ValueKind.Missing,
        string => ValueKind.Text,
        _ when ReferenceEquals(_reference, s_integer) => ValueKind.Integer,
        _ when IsSlice => JsonSlice.KindOf((byte[])_reference, (int)(_bits >> 32), (int)_bits),
        _ when ReferenceEquals(_reference, s_float) => ValueKind.Float,
        _ when ReferenceEquals(_reference, s_boolean) => ValueKind.Boolean,
        Value[] => ValueKind.List,
        ValueMap => ValueKind.Map,
        BigIntegerBox => ValueKind.Integer,
        BytesBox => ValueKind.Bytes,
        _ => ValueKind.Null,
    };

    /// <summary>Whether there is no value.</summary>
    public bool IsMissing => _reference is null;

    /// <summary>Whether this is still an undecoded slice of JSON text.</summary>
    public bool IsSlice => _reference is not null && _reference.GetType() == typeof(byte[]);

    /// <summary>A text; null becomes <see cref="Missing"/>.</summary>
    public static Value Of(string? text) => new(text, 0);

    /// <summary>A whole number.</summary>
    public static Value Of(long number) => new(s_integer, number);

    /// <summary>A whole number of any size.</summary>
    public static Value Of(BigInteger number) =>
        number >= long.MinValue && number <= long.MaxValue ? Of((long)number) : new(new BigIntegerBox(number), 0);

    /// <summary>A floating point number.</summary>
    public static Value Of(double number) => new(s_float, BitConverter.DoubleToInt64Bits(number));

    /// <summary>True or false.</summary>
    public static Value Of(bool flag) => new(s_boolean, flag ? 1 : 0);

    /// <summary>Bytes as a feed delivered them. The memory is not copied.</summary>
    public static Value Of(ReadOnlyMemory<byte> bytes) => new(new BytesBox(bytes), 0);

    /// <summary>Named values.</summary>
    public static Value Of(ValueMap map) => new(map, 0);

    /// <summary>Several values.</summary>
    public static Value Of(IEnumerable<Value> values) => new(values as Value[] ?? values.ToArray(), 0);

    /// <summary>
    /// A slice of JSON text (one complete JSON value) that is decoded when it is looked at.
    /// The buffer must not change while the value is in use; <see cref="Materialise"/> ends the dependence.
    /// </summary>
    internal static Value OfSlice(byte[] buffer, int start, int length) => new(buffer, ((long)start << 32) | (uint)length);

    /// <summary>The base64 text of bytes, as it will stand in an envelope: half the memory of a text, and copied when it is written.</summary>
    internal static Value OfBase64(ReadOnlySpan<byte> data)
    {
        var json = new byte[Base64.GetMaxEncodedToUtf8Length(data.Length) + 2];
        json[0] = json[^1] = (byte)'"';
        Base64.EncodeToUtf8(data, json.AsSpan(1), out _, out _);
        return OfSlice(json, 0, json.Length);
    }

    /// <summary>Text to value.</summary>
    public static implicit operator Value(string? text) => Of(text);

    /// <summary>Number to value.</summary>
    public static implicit operator Value(long number) => Of(number);

    /// <summary>Number to value.</summary>
    public static implicit operator Value(int number) => Of((long)number);

    /// <summary>Number to value.</summary>
    public static implicit operator Value(double number) => Of(number);

    /// <summary>Flag to value.</summary>
    public static implicit operator Value(bool flag) => Of(flag);

    /// <summary>Equal values.</summary>
    public static bool operator ==(Value left, Value right) => left.Equals(right);

    /// <summary>Unequal values.</summary>
    public static bool operator !=(Value left, Value right) => !left.Equals(right);

    /// <summary>The text where it is one in memory and no slice; null for everything else.</summary>
    internal string? OwnText => _reference as string;

    /// <summary>The JSON text of a slice; only where <see cref="IsSlice"/>.</summary>
    internal ReadOnlySpan<byte> Slice => ((byte[])_reference!).AsSpan((int)(_bits >> 32), (int)_bits);

    /// <summary>Where a slice lies; only where <see cref="IsSlice"/>.</summary>
    internal (byte[] Buffer, int Start, int End) Place => ((byte[])_reference!, (int)(_bits >> 32), (int)(_bits >> 32) + (int)_bits);

    /// <summary>The text, or null where this is no text. A list gives its first value's text.</summary>
    public string? AsText() => _reference switch
    {
        string text => text,
        byte[] when Kind == ValueKind.Text => JsonSlice.DecodeText(Slice),
        byte[] when Kind == ValueKind.List => Materialise().AsText(),
        Value[] { Length: > 0 } list => list[0].AsText(),
        _ => null,
    };

    /// <summary>
    /// The UTF-8 bytes of a text that came from the wire and has no escapes: reads without an allocation.
    /// False where the value is something else; then <see cref="AsText"/> is the way.
    /// </summary>
    public bool TryGetPlainUtf8(out ReadOnlySpan<byte> utf8)
    {
        if (IsSlice && Slice is [(byte)'"', .. var inner, (byte)'"'] && inner.IndexOf((byte)'\\') < 0)
        {
            utf8 = inner;
            return true;
        }

        utf8 = default;
        return false;
    }

    /// <summary>The whole number, or null where this is none or beyond 64 bits.</summary>
    public long? AsInteger() => _reference switch
    {
        byte[] when Kind == ValueKind.Integer => Materialise().AsInteger(),
        _ when ReferenceEquals(_reference, s_integer) => _bits,
        _ => null,
    };

    /// <summary>The whole number of any size, or null where this is none.</summary>
    public BigInteger? AsBigInteger() => _reference switch
    {
        BigIntegerBox box => box.Number,
        byte[] when Kind == ValueKind.Integer => Materialise().AsBigInteger(),
        _ => AsInteger(),
    };

    /// <summary>The number as floating point, or null where this is no number.</summary>
    public double? AsFloat() => _reference switch
    {
        byte[] when Kind is ValueKind.Float or ValueKind.Integer => Materialise().AsFloat(),
        _ when ReferenceEquals(_reference, s_float) => BitConverter.Int64BitsToDouble(_bits),
        _ => (double?)AsBigInteger(),
    };

    /// <summary>The flag, or null where this is none.</summary>
    public bool? AsBoolean() => _reference switch
    {
        byte[] when Kind == ValueKind.Boolean => Slice[0] == (byte)'t',
        _ when ReferenceEquals(_reference, s_boolean) => _bits != 0,
        _ => null,
    };

    /// <summary>The bytes of a <see cref="ValueKind.Bytes"/> value.</summary>
    public ReadOnlyMemory<byte>? AsBytes() => (_reference as BytesBox)?.Bytes;

    /// <summary>The values of a list; a single value is a list of one, no value an empty list.</summary>
    public IReadOnlyList<Value> AsList() => _reference switch
    {
        null => [],
        Value[] list => list,
        byte[] when Kind == ValueKind.List => Materialise().AsList(),
        _ => [this],
    };

    /// <summary>The named values of a map, or null where this is none.</summary>
    public ValueMap? AsMap() => _reference switch
    {
        ValueMap map => map,
        byte[] when Kind == ValueKind.Map => Materialise().AsMap(),
        _ => null,
    };

    /// <summary>Whether this is exactly that text. Cheaper than decoding it.</summary>
    public bool TextEquals(string text)
    {
        if (_reference is string own)
        {
            return string.Equals(own, text, StringComparison.Ordinal);
        }

        return TryGetPlainUtf8(out var utf8)
            ? utf8.Length >= text.Length && Encoding.UTF8.GetByteCount(text) == utf8.Length && Encoding.UTF8.GetString(utf8) == text
            : Kind == ValueKind.Text && AsText() == text;
    }

    /// <summary>The same value, decoded and independent of the buffer it was read from.</summary>
    public Value Materialise() => IsSlice ? JsonSlice.Decode(Slice) : this;

    internal Value SortedMaps() => Materialise()._reference switch
    {
        ValueMap map => Of(map.Sorted()),
        Value[] list => Of(list.Select(item => item.SortedMaps())),
        _ => this,
    };

    /// <inheritdoc/>
    public bool Equals(Value other)
    {
        var (left, right) = (Materialise(), other.Materialise());
        return (left._reference, right._reference) switch
        {
            (null, null) => true,
            (string a, string b) => a == b,
            (Value[] a, Value[] b) => a.AsSpan().SequenceEqual(b),
            (ValueMap a, ValueMap b) => a.Count == b.Count && a.All(item => b.TryGet(item.Key, out var value) && value.Equals(item.Value)),
            (BigIntegerBox a, BigIntegerBox b) => a.Number == b.Number,
            (BytesBox a, BytesBox b) => a.Bytes.Span.SequenceEqual(b.Bytes.Span),
            _ when left.Kind == ValueKind.Float && right.Kind == ValueKind.Float => left.AsFloat()!.Value.Equals(right.AsFloat()!.Value),
            _ => ReferenceEquals(left._reference, right._reference) && left._bits == right._bits,
        };
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Value other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Materialise()._reference switch
    {
        string text => text.GetHashCode(StringComparison.Ordinal),
        _ => HashCode.Combine(Kind, AsBigInteger(), AsFloat()),
    };

    /// <summary>The value as people read it: texts as they are, everything else as JSON.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Missing => "",
        ValueKind.Text => AsText()!,
        ValueKind.Integer => AsBigInteger()!.Value.ToString(CultureInfo.InvariantCulture),
        ValueKind.Bytes => Encoding.UTF8.GetString(AsBytes()!.Value.Span),
        _ => JsonText.Compact(this),
    };

    private sealed record BigIntegerBox(BigInteger Number);

    private sealed record BytesBox(ReadOnlyMemory<byte> Bytes);
}
