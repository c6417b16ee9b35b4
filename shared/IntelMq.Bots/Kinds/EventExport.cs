// Events in the form that an output's parameters ask for.
using System.Buffers;
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>An event, or a part of it, as a message of its own.</summary>
/// <param name="Id">Identifies it; the same when the same event comes again.</param>
/// <param name="Body">Text, UTF-8.</param>
public readonly record struct ExportedBody(Guid Id, ReadOnlyMemory<byte> Body);

/// <summary>Writes events as the parameters say: nested or flat, with or without raw, one field only, several values exploded. The event itself is never changed.</summary>
/// <param name="parameters">The parameters.</param>
/// <param name="forIntelMq">Fields that IntelMQ does not know are written below <c>extra</c>: it refuses a message with any other name.</param>
public sealed class EventExport(ExportParameters parameters, bool forIntelMq = false)
{
    private readonly ExportForm _form = new(parameters.HierarchicalOutput, parameters.MessageWithType, WithoutRaw: !parameters.KeepRawField);
    private readonly string? _singleKey = parameters.SingleKey is null or "" or "false" or "False" ? null : parameters.SingleKey;
    private readonly ExplodeMode? _explode = parameters.MultipleValues switch
    {
        MultipleOutput.First => ExplodeMode.First,
        MultipleOutput.Zip => ExplodeMode.Zip,
        MultipleOutput.Cartesian => ExplodeMode.Cartesian,
        _ => null,
    };

    /// <summary>Writes the event as one line (several where its values are exploded), each with a line end.</summary>
    public void WriteLines(IBufferWriter<byte> output, Event item) => Write(output, item, static (output, _) => output.Write("\n"u8));

    /// <summary>The event as one message (several where its values are exploded), each with an id of its own.</summary>
    public IReadOnlyList<ExportedBody> Bodies(Event item)
    {
        var bodies = new List<ExportedBody>();
        var buffer = new ByteBuffer(capacity: 1024);
        Write(buffer, item, (_, written) =>
        {
            // Of several values of one field each is a message; the event's id is that of the first.
            var id = bodies.Exists(body => body.Id == written.Meta.Id) ? MessageId.Derived(written.Meta.Id, written.Meta.Id, "export", "values", bodies.Count) : written.Meta.Id;
            bodies.Add(new ExportedBody(id, buffer.Written.ToArray()));
            buffer.CutBack(0);
        });
        return bodies;
    }

    private void Write(IBufferWriter<byte> output, Event item, Action<IBufferWriter<byte>, Event> end)
    {
        item = forIntelMq ? FlatMessage.WithKnownFields(item) : item;
        if (_explode is not { } mode)
        {
            WriteOne(output, item, end);
            return;
        }

        foreach (var single in Explode.Apply(item, mode))
        {
            WriteOne(output, single, end);
        }
    }

    private void WriteOne(IBufferWriter<byte> output, Event item, Action<IBufferWriter<byte>, Event> end)
    {
        if (_singleKey is { } key)
        {
            WriteSingle(output, item, key, end);
            return;
        }

        MessageExport.WriteJson(output, item, _form);
        end(output, item);
    }

    // One field as text: raw decoded, output as it is, extra as JSON, of several values each. A missing one is None, as IntelMQ writes it.
    private static void WriteSingle(IBufferWriter<byte> output, Event item, string key, Action<IBufferWriter<byte>, Event> end)
    {
        var value = item[key];
        if (key is not ("raw" or "output" or "extra") && value.Kind == ValueKind.List)
        {
            foreach (var one in value.AsList())
            {
                Encoding.UTF8.GetBytes(PythonText.Str(one), output);
                end(output, item);
            }

            return;
        }

        Encoding.UTF8.GetBytes(
            key switch
            {
                "raw" => RawData.DecodeText(RawData.Decode(value) ?? []),
                "output" when value.AsText() is { } json => JsonText.TryParse(json)?.AsText() ?? json,
                "extra" when !value.IsMissing => JsonText.Write(value, JsonStyle.Legacy),
                _ => PythonText.Str(value),
            },
            output);
        end(output, item);
    }
}
