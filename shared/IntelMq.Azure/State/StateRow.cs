// How a key and its value lie in a table.
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;

namespace IntelMq.Azure;

/// <summary>Where a key lies. A batch of rows can be written in one step only where they share the partition.</summary>
internal readonly record struct StateAddress(string Partition, string Row)
{
    /// <summary>
    /// The partitions of a bot: one takes some 2,000 rows a second, and a frame of a hundred events should not fall apart into a hundred requests.
    /// Part of the format: another number finds nothing of what was written before.
    /// </summary>
    public const int Spread = 8;

    private const int LongestPlainKey = 64;

    /// <summary>The address of a key of a bot.</summary>
    public static StateAddress Of(string bot, byte[] key)
    {
        var hash = SHA256.HashData(key);
        var row = key.Length <= LongestPlainKey ? "k" + Base64Url.EncodeToString(key) : "h" + Base64Url.EncodeToString(hash);
        return new StateAddress(string.Create(CultureInfo.InvariantCulture, $"{bot}-{hash[^1] % Spread}"), row);
    }

    /// <summary>A bot id as the beginning of a partition: what tables do not allow in keys is written as its code.</summary>
    public static string BotPart(string botId)
    {
        var part = new StringBuilder();
        foreach (var c in botId)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            {
                part.Append(c);
            }
            else
            {
                part.Append(CultureInfo.InvariantCulture, $"={(int)c:x4}");
            }
        }

        return part.ToString();
    }
}

/// <summary>The columns of a row.</summary>
internal static class StateColumns
{
    private const string Value = "value";
    private const string Expires = "expires";

    // Who wrote the row: after a lost answer this is how a writer knows its own rows.
    private const string Writer = "writer";

    /// <summary>What a row holds beside the value, in bytes of a request, at most.</summary>
    public const int Overhead = 1500;

    public static string ExpiredBefore(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{Expires} le {now.ToUnixTimeMilliseconds()}L");

    public static TableEntity Entity(StateAddress address, byte[] value, long expires, byte[] writer) =>
        new(address.Partition, address.Row) { [Value] = value, [Expires] = expires, [Writer] = writer };

    public static StateRow Read(TableEntity entity) =>
        new(entity.GetBinary(Value) ?? [], entity.GetInt64(Expires) ?? long.MaxValue, entity.GetBinary(Writer) ?? [], entity.ETag);
}

/// <summary>A row that is there.</summary>
internal sealed record StateRow(byte[] Value, long Expires, byte[] Writer, ETag Version);
