// What a frame on a broker says about itself.
using System.Globalization;
using System.Text.Json;

namespace IntelMq.DataFormat;

/// <summary>
/// The first line of a frame that is more than new messages: one that was parked, or whose content lies in the claim check because a single message
/// is larger than the transport's limit. Frames without it are ordinary.
/// </summary>
public sealed record FrameHeader
{
    /// <summary>How a header starts; no message does.</summary>
    internal static ReadOnlySpan<byte> Start => "{\"intelmq:frame\":"u8;

    /// <summary>The entry of the park store that this frame was sent for; null where it was not parked.</summary>
    public string? Parked { get; init; }

    /// <summary>How often the messages were tried before.</summary>
    public int Attempt { get; init; }

    /// <summary>When the messages were tried first; null if never.</summary>
    public DateTimeOffset? FirstTried { get; init; }

    /// <summary>How often the broker gave the frame up and it was sent again.</summary>
    public int Returned { get; init; }

    /// <summary>Where the messages lie; null where they follow.</summary>
    public ClaimCheck? Claim { get; init; }

    /// <summary>Whether there is anything to say.</summary>
    public bool IsEmpty => this == new FrameHeader();

    /// <summary>The header as a line, without its end.</summary>
    public byte[] ToLine()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("intelmq:frame", 1);
            if (Parked is not null)
            {
                json.WriteString("parked", Parked);
            }

            if (Attempt > 0)
            {
                json.WriteNumber("attempt", Attempt);
            }

            if (FirstTried is { } first)
            {
                // A number: text that looks like a date is rewritten by some hosts.
                json.WriteNumber("firstTried", first.ToUnixTimeMilliseconds());
            }

            if (Returned > 0)
            {
                json.WriteNumber("returned", Returned);
            }

            if (Claim is { } claim)
            {
                json.WriteStartObject("claim");
                json.WriteString("address", claim.Address);
                json.WriteNumber("length", claim.Length);
                json.WriteString("sha256", claim.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a header line.</summary>
    /// <exception cref="UnreadableMessageException">The header is of another version or damaged.</exception>
    public static FrameHeader Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var version = root.GetProperty("intelmq:frame").GetInt32();
            if (version != 1)
            {
                throw new UnreadableMessageException($"The frame has version {version.ToString(CultureInfo.InvariantCulture)}; this program reads version 1. Was it sent by a newer installation?");
            }

            return new FrameHeader
            {
                Parked = root.TryGetProperty("parked", out var parked) ? parked.GetString() : null,
                Attempt = root.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : 0,
                FirstTried = root.TryGetProperty("firstTried", out var first) ? DateTimeOffset.FromUnixTimeMilliseconds(first.GetInt64()) : null,
                Returned = root.TryGetProperty("returned", out var returned) ? returned.GetInt32() : 0,
                Claim = root.TryGetProperty("claim", out var claim)
                    ? new ClaimCheck(claim.GetProperty("address").GetString()!, claim.GetProperty("length").GetInt64(), claim.GetProperty("sha256").GetString()!)
                    : null,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            throw new UnreadableMessageException($"The frame's header cannot be read: {error.Message}", error);
        }
    }
}
