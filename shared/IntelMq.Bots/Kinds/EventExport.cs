// Events in the form that an output's parameters ask for.
using System.Buffers;
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>Writes events as the parameters say: nested or flat, with or without raw, one field only, several values exploded. The event itself is never changed.</summary>
public sealed class EventExport(ExportParameters parameters)
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
    public void WriteLines(IBufferWriter<byte> output, Event item)
    {
        if (_explode is not { } mode)
        {
            WriteLine(output, item);
            return;
        }

        foreach (var single in Explode.Apply(item, mode))
        {
            WriteLine(output, single);
        }
    }

    private void WriteLine(IBufferWriter<byte> output, Event item)
    {
        if (_singleKey is { } key)
        {
            WriteSingle(output, item, key);
            return;
        }

        MessageExport.WriteJson(output, item, _form);
        output.Write("\n"u8);
    }

    // One field as text: raw decoded, output as it is, extra as JSON, of several values a line each. A missing one is None, as IntelMQ writes it.
    private static void WriteSingle(IBufferWriter<byte> output, Event item, string key)
    {
        var value = item[key];
        if (key is not ("raw" or "output" or "extra") && value.Kind == ValueKind.List)
        {
            foreach (var one in value.AsList())
            {
                WriteText(output, PythonText.Str(one));
            }

            return;
        }

        WriteText(output, key switch
        {
            "raw" => RawData.DecodeText(RawData.Decode(value) ?? []),
            "output" when value.AsText() is { } json => JsonText.TryParse(json)?.AsText() ?? json,
            "extra" when !value.IsMissing => JsonText.Write(value, JsonStyle.Legacy),
            _ => PythonText.Str(value),
        });
    }

    private static void WriteText(IBufferWriter<byte> output, string text)
    {
        Encoding.UTF8.GetBytes(text, output);
        output.Write("\n"u8);
    }
}
