// Events in the form that an output's parameters ask for.
using System.Buffers;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>Writes events as the parameters say: nested or flat, with or without raw, one field only, several values exploded.</summary>
public sealed class EventExport(ExportParameters parameters)
{
    private readonly ExportForm _form = new(parameters.HierarchicalOutput, parameters.MessageWithType);
    private readonly bool _keepsRaw = parameters.KeepRawField;
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
            output.Write(System.Text.Encoding.UTF8.GetBytes(SingleValue(item, key)));
        }
        else
        {
            if (!_keepsRaw)
            {
                item.Remove(Fields.Raw);
            }

            MessageExport.WriteJson(output, item, _form);
        }

        output.Write("\n"u8);
    }

    /// <summary>
    /// One field as text: <c>raw</c> decoded, <c>output</c> as it is (a JSON text unquoted), <c>extra</c> as JSON. A missing field gives <c>None</c>, as IntelMQ writes it.
    /// </summary>
    private static string SingleValue(Event item, string key)
    {
        var value = item[key];
        return key switch
        {
            "raw" => RawData.DecodeText(RawData.Decode(value) ?? []),
            "output" when value.AsText() is { } json => JsonText.TryParse(json)?.AsText() ?? json,
            _ when value.AsMap() is not null => JsonText.Write(value, JsonStyle.Legacy),
            _ => PythonText.Str(value),
        };
    }
}
