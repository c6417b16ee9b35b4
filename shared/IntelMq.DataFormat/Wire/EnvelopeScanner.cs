// Reads the lines that EnvelopeWriter writes: what every hop of a pipeline reads all day.
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace IntelMq.DataFormat;

/// <summary>
/// Reads one envelope that looks exactly as <see cref="EnvelopeWriter"/> writes it, several times as fast as a general JSON reader: names are
/// compared with those that are likely here, values are passed over in one sweep each. It declines whatever looks different (white
/// space, another order, rare meta data, broken JSON); <see cref="EnvelopeReader"/> then reads the line in the general way and finds the words for an error.
/// </summary>
internal ref struct EnvelopeScanner(FieldOrder order, EventPool? pool, FieldCatalogue catalogue, byte[] buffer, int start, int length)
{
    private static readonly SearchValues<byte> s_textStops = SearchValues.Create(
        "\"\\\0\x01\x02\x03\x04\x05\x06\a\b\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"u8);

    // The payload lies two levels deep already.
    private static readonly JsonReaderOptions s_nested = new() { MaxDepth = JsonSlice.MaxDepth - 2 };

    private readonly ReadOnlySpan<byte> _line = buffer.AsSpan(start, length);
    private int _at;

    /// <summary>The message, or null where the line is not as the writer writes it.</summary>
    public Message? Read()
    {
        if (!Skip("{\"format\":\"intelmq\",\"version\":1,\"type\":\""u8))
        {
            return null;
        }

        Message message;
        if (Skip("event\",\"meta\":{\"uuid\":\""u8))
        {
            message = pool?.Take() ?? new Event(catalogue);
        }
        else if (Skip("report\",\"meta\":{\"uuid\":\""u8))
        {
            message = new Report(catalogue);
        }
        else
        {
            return null;
        }

        message.Reserve(order.Usual);
        return ReadMeta(message.Meta) && ReadPayload(message) ? message : null;
    }

    private bool ReadMeta(MessageMeta meta)
    {
        if (!ReadId(out var id))
        {
            return false;
        }

        meta.Id = id;
        if (Skip(",\"intelmq:parent\":\""u8))
        {
            if (!ReadId(out var parent))
            {
                return false;
            }

            meta.Parent = parent;
        }

        if (Skip(",\"intelmq:path\":"u8))
        {
            var from = _at;
            if (!SkipNames())
            {
                return false;
            }

            meta.PathValue = Value.OfSlice(buffer, start + from, _at - from);
        }

        if (Skip(",\"traceparent\":"u8))
        {
            var from = _at;
            if (Peek() != '"' || !SkipText())
            {
                return false;
            }

            meta.TraceParent = JsonSlice.DecodeText(_line[from.._at]);
        }

        return Skip("},\"payload\":{"u8);
    }

    private bool ReadPayload(Message message)
    {
        if (Peek() == '}')
        {
            return Skip("}}"u8) && _at == _line.Length;
        }

        var place = 0;
        while (true)
        {
            var field = order.Next(catalogue, _line[_at..], ref place, out var isNew);
            if (field is null || (field.Kinds & message.Kind) == 0)
            {
                return false;
            }

            _at += field.WireName.Length;
            var from = _at;
            if (!SkipValue())
            {
                return false;
            }

            var value = Value.OfSlice(buffer, start + from, _at - from);
            if (isNew || !field.IsExtra)
            {
                message.AppendUnchecked(field, value);
            }
            else
            {
                message.Put(field, value);
            }

            if (Peek() == ',')
            {
                _at++;
                continue;
            }

            order.Usual = message.Count;
            return Skip("}}"u8) && _at == _line.Length;
        }
    }

    private readonly int Peek() => _at < _line.Length ? _line[_at] : -1;

    private bool Skip(ReadOnlySpan<byte> literal)
    {
        if (!_line[_at..].StartsWith(literal))
        {
            return false;
        }

        _at += literal.Length;
        return true;
    }

    private bool ReadId(out Guid id)
    {
        id = default;
        if (_line.Length - _at < 37 || _line[_at + 36] != '"' || !Utf8Parser.TryParse(_line.Slice(_at, 36), out id, out var used) || used != 36)
        {
            return false;
        }

        _at += 37;
        return true;
    }

    // A list of texts, as the path of a message is.
    private bool SkipNames()
    {
        if (!Skip("["u8))
        {
            return false;
        }

        while (Peek() == '"')
        {
            if (!SkipText())
            {
                return false;
            }

            if (Peek() == ']')
            {
                _at++;
                return true;
            }

            if (!Skip(","u8))
            {
                return false;
            }
        }

        return false;
    }

    private bool SkipValue()
    {
        switch (Peek())
        {
            case '"':
                return SkipText();
            case '-' or (>= '0' and <= '9'):
                return SkipNumber();
            case 't':
                return Skip("true"u8);
            case 'f':
                return Skip("false"u8);
            case 'n':
                return Skip("null"u8);
            case '[' or '{':
                return SkipNested();
            default:
                return false;
        }
    }

    private bool SkipText()
    {
        _at++;
        while (true)
        {
            var run = _line[_at..].IndexOfAny(s_textStops);
            if (run < 0)
            {
                return false;
            }

            _at += run + 1;
            if (_line[_at - 1] == '"')
            {
                return true;
            }

            if (_line[_at - 1] != '\\' || !SkipEscape())
            {
                return false;
            }
        }
    }

    private bool SkipEscape()
    {
        var kind = Peek();
        _at++;
        if (kind is '"' or '\\' or '/' or 'b' or 'f' or 'n' or 'r' or 't')
        {
            return true;
        }

        if (kind != 'u' || _line.Length - _at < 4)
        {
            return false;
        }

        foreach (var digit in _line.Slice(_at, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        _at += 4;
        return true;
    }

    private bool SkipNumber()
    {
        _at += Peek() == '-' ? 1 : 0;
        var leadingZero = Peek() == '0';
        var whole = SkipDigits();
        if (whole == 0 || (leadingZero && whole > 1))
        {
            return false;
        }

        if (Peek() == '.')
        {
            _at++;
            if (SkipDigits() == 0)
            {
                return false;
            }
        }

        if (Peek() is 'e' or 'E')
        {
            _at++;
            _at += Peek() is '+' or '-' ? 1 : 0;
            return SkipDigits() > 0;
        }

        return true;
    }

    private int SkipDigits()
    {
        var from = _at;
        while (Peek() is >= '0' and <= '9')
        {
            _at++;
        }

        return _at - from;
    }

    private bool SkipNested()
    {
        try
        {
            var reader = new Utf8JsonReader(_line[_at..], isFinalBlock: false, new JsonReaderState(s_nested));
            if (!reader.Read() || !reader.TrySkip())
            {
                return false;
            }

            _at += (int)reader.BytesConsumed;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
