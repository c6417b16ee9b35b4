// Reads messages from the wire: envelopes, and IntelMQ's flat messages wherever an envelope may stand.
using System.Text.Json;

namespace IntelMq.DataFormat;

/// <summary>
/// Reads one message from JSON text. The payload of an envelope was checked when it was written: its values stay slices of
/// <c>buffer</c> and are decoded when somebody looks at them. A flat message (<c>"__type": "Event"</c>) comes from outside and
/// every value is checked and sanitised.
/// </summary>
/// <param name="catalogue">The fields that messages may carry.</param>
/// <param name="usesEventsAgain">Whether <see cref="UseEventsAgain"/> will be called: events are then kept for it.</param>
public sealed class EnvelopeReader(FieldCatalogue catalogue, bool usesEventsAgain = false)
{
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = JsonSlice.MaxDepth };

    private readonly FieldOrder _order = new();
    private readonly EventPool? _pool = usesEventsAgain ? new EventPool(catalogue) : null;

    /// <summary>The version of the envelope that is read and written.</summary>
    public const int Version = 1;

    /// <summary>Reads a message.</summary>
    /// <param name="buffer">UTF-8 JSON; must stay unchanged while the message is in use.</param>
    /// <param name="start">Where the message starts.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="defaultKind">What a flat message without <c>__type</c> is; null makes it an error.</param>
    /// <exception cref="UnreadableMessageException">No JSON object, unknown format, version or type.</exception>
    /// <exception cref="InvalidKeyException">A key is no field.</exception>
    /// <exception cref="InvalidValueException">A value of a flat message is unfit.</exception>
    public Message Read(byte[] buffer, int start, int length, MessageKinds? defaultKind = null)
    {
        if (new EnvelopeScanner(_order, _pool, catalogue, buffer, start, length).Read() is { } own)
        {
            return own;
        }

        try
        {
            var reader = new Utf8JsonReader(buffer.AsSpan(start, length), s_options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new UnreadableMessageException("The message is no JSON object.");
            }

            reader.Read();
            var message = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("format"u8)
                ? ReadEnvelope(ref reader, buffer, start)
                : FlatMessage.Read(buffer.AsSpan(start, length), catalogue, defaultKind);
            return message;
        }
        catch (JsonException error)
        {
            throw new UnreadableMessageException($"The message is not JSON: {error.Message}", error);
        }
    }

    /// <summary>Nobody holds an event that was read before: the memory of those events is used for the next ones.</summary>
    public void UseEventsAgain() => _pool?.TakeBack();

    /// <summary>Reads a message from a buffer of its own.</summary>
    public Message Read(byte[] json, MessageKinds? defaultKind = null) => Read(json, 0, json.Length, defaultKind);

    private Message ReadEnvelope(ref Utf8JsonReader reader, byte[] buffer, int start)
    {
        Message? message = null;
        MessageMeta? meta = null;
        var sawVersion = false;
        for (; reader.TokenType == JsonTokenType.PropertyName; reader.Read())
        {
            if (reader.ValueTextEquals("format"u8))
            {
                reader.Read();
                Require(reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("intelmq"u8), "The envelope's format is not 'intelmq'.");
            }
            else if (reader.ValueTextEquals("version"u8))
            {
                reader.Read();
                Require(reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var version) && version == Version, $"The envelope's version is not {Version}.");
                sawVersion = true;
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                message = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("event"u8) ? new Event(catalogue)
                    : reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("report"u8) ? new Report(catalogue)
                    : throw new UnreadableMessageException("The envelope's type is neither 'event' nor 'report'.");
            }
            else if (reader.ValueTextEquals("meta"u8))
            {
                reader.Read();
                meta = EnvelopeMeta.Read(ref reader, buffer, start);
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                reader.Read();
                Require(message is not null && sawVersion, "The envelope's payload stands before its version and type.");
                Require(reader.TokenType == JsonTokenType.StartObject, "The envelope's payload is no object.");
                ReadPayload(ref reader, message!, buffer, start);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        Require(message is not null && sawVersion, "The envelope has no version or no type.");
        if (meta is not null)
        {
            message!.Meta = meta;
        }

        return message!;
    }

    private void ReadPayload(ref Utf8JsonReader reader, Message message, byte[] buffer, int start)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = (reader.ValueIsEscaped ? null : catalogue.Find(reader.ValueSpan)) ?? Unusual(JsonText.ReadString(ref reader));
            reader.Read();
            var from = (int)reader.TokenStartIndex;
            reader.Skip();
            if ((field.Kinds & message.Kind) == 0)
            {
                throw new InvalidKeyException(field.Name, "is no field of this kind of message");
            }

            var value = Value.OfSlice(buffer, start + from, (int)reader.BytesConsumed - from);
            if (field.IsExtra)
            {
                message.Put(field, value);
            }
            else
            {
                message.AppendUnchecked(field, value);
            }
        }
    }

    // Names below `extra` may be a feed's own ("extra.Foo Bar"): they were stored as they came and are read as they are.
    private Field Unusual(string name) => catalogue.TryGet(name, out var field) ? field
        : name.StartsWith("extra.", StringComparison.Ordinal) ? catalogue.ExtraAsItCame(name)
        : throw new InvalidKeyException(name);

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new UnreadableMessageException(message);
        }
    }
}
