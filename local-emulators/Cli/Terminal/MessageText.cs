// Messages for people.
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Cli.Terminal;

/// <summary>Shows a message field by field, with the raw data decoded.</summary>
internal static class MessageText
{
    private const int LongestRaw = 2000;

    /// <summary>The message as lines; the text as it is where it is no message.</summary>
    public static string Readable(string json)
    {
        Message message;
        try
        {
            message = new EnvelopeReader(FieldCatalogue.Default).Read(Encoding.UTF8.GetBytes(json), MessageKinds.Event);
        }
        catch (DataFormatException)
        {
            return json;
        }

        var text = new StringBuilder();
        foreach (var slot in message.Slots)
        {
            text.AppendLine($"  {slot.Field.Name,-28} {(slot.Field.Name == "raw" ? Raw(slot.Value) : Printable(slot.Value.ToString()))}");
        }

        if (message.Meta.ClaimCheck is { } claim)
        {
            text.AppendLine($"  {"raw",-28} {claim.Length} bytes in the claim check {claim.Address}");
        }

        return text.ToString().TrimEnd();
    }

    private static string Raw(in Value raw)
    {
        var text = RawData.DecodeText(RawData.Decode(raw) ?? []);
        return Printable(text.Length <= LongestRaw ? text : text[..LongestRaw] + "…");
    }

    // What a feed sends must not be able to steer the terminal.
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? $"\\x{(int)c:x2}" : c.ToString()));
}
