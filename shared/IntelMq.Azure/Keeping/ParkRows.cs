// How a parked frame lies in a table.
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Azure;
using Azure.Data.Tables;
using IntelMq.Runtime;

namespace IntelMq.Azure;

/// <summary>
/// An entry is two rows of one partition, always written in one step: <c>i&lt;id&gt;</c> holds what there is to know, and
/// <c>d&lt;due, in ticks&gt;-&lt;id&gt;</c> stands in the order of sending. Frames too large for a row are a blob that the row names.
/// </summary>
internal static class ParkRows
{
    /// <summary>A frame up to this size lies in the row: a binary column takes 64 KiB.</summary>
    public const int LargestInRow = 60 * 1024;

    /// <summary>The partitions: each takes some 2,000 rows a second, and looking for what is due asks each of them.</summary>
    public static readonly string[] Partitions = ["0", "1", "2", "3"];

    private const string Queue = "queue";
    private const string Frame = "frame";
    private const string Blob = "blob";
    private const string Messages = "messages";
    private const string Due = "due";
    private const string Attempt = "attempt";
    private const string FirstTried = "first_tried";
    private const string Taker = "taker";

    public static readonly string[] CountColumns = [Queue, Messages];
    public static readonly string[] PlaceColumns = [Due, Blob];
    public static readonly string[] TakerColumn = [Taker];

    // 'j' follows 'i': all rows that hold entries, and no row of the order.
    public const string Entries = "RowKey ge 'i' and RowKey lt 'j'";

    public static string PartitionOf(string id) => Partitions[XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(id)) % (uint)Partitions.Length];

    public static string EntryRow(string id) => "i" + id;

    public static string OrderRow(long due, string id) => string.Create(CultureInfo.InvariantCulture, $"d{due:d19}-{id}");

    /// <summary>The due time and id in a row's key of the order.</summary>
    public static (long Due, string Id) ReadOrder(string row) => (long.Parse(row.AsSpan(1, 19), NumberStyles.None, CultureInfo.InvariantCulture), row[21..]);

    public static string DueUntil(string partition, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"PartitionKey eq '{partition}' and RowKey ge 'd' and RowKey lt 'd{now.UtcTicks + 1:d19}'");

    public static TableEntity Entry(ParkedEntry entry, string? blob)
    {
        var row = new TableEntity(PartitionOf(entry.Id), EntryRow(entry.Id))
        {
            [Queue] = entry.Queue,
            [Messages] = entry.Messages,
            [Due] = entry.Due.UtcTicks,
            [Attempt] = entry.Attempt,
        };
        if (entry.FirstTried is { } first)
        {
            row[FirstTried] = first.UtcTicks;
        }

        row[blob is null ? Frame : Blob] = blob is null ? entry.Frame.ToArray() : blob;
        return row;
    }

    public static TableEntity Order(long due, string id, byte[] taker) => new(PartitionOf(id), OrderRow(due, id)) { [Taker] = taker };

    public static TableEntity NewDue(string id, long due) => new(PartitionOf(id), EntryRow(id)) { [Due] = due };

    public static ParkedEntry Read(TableEntity row, ReadOnlyMemory<byte> frame, long due) => new(
        row.RowKey[1..],
        row.GetString(Queue),
        frame,
        row.GetInt32(Messages) ?? 0,
        new DateTimeOffset(due, TimeSpan.Zero),
        row.GetInt32(Attempt) ?? 0,
        row.GetInt64(FirstTried) is { } first ? new DateTimeOffset(first, TimeSpan.Zero) : null);

    public static byte[]? FrameOf(TableEntity row) => row.GetBinary(Frame);

    public static string? BlobOf(TableEntity row) => row.GetString(Blob);

    public static long DueOf(TableEntity row) => row.GetInt64(Due) ?? 0;

    public static bool IsTakenBy(TableEntity row, byte[] taker) => row.GetBinary(Taker).AsSpan().SequenceEqual(taker);

    public static (string Queue, int Messages) CountOf(TableEntity row) => (row.GetString(Queue), row.GetInt32(Messages) ?? 0);

    /// <summary>Checks an id: it becomes part of keys and of blob names.</summary>
    public static void CheckId(string id)
    {
        if (id.Length is 0 or > 64 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new ArgumentException($"'{id}' is no id of a parked entry: 1 to 64 letters, digits and hyphens.", nameof(id));
        }
    }
}
