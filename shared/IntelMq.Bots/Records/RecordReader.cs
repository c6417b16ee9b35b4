// Reads a report record by record.
namespace IntelMq.Bots;

/// <summary>Reads the records of a report from its stream. Owns the stream. One record is in memory at a time.</summary>
/// <typeparam name="TRecord">The kind of record.</typeparam>
public abstract class RecordReader<TRecord> : IAsyncDisposable
    where TRecord : Record
{
    /// <summary>The longest record, in bytes. A longer one is skipped and reported: no feed can fill the memory.</summary>
    public const int MaxRecordLength = 16 * 1024 * 1024;

    /// <summary>Where the next record starts.</summary>
    public abstract RecordPosition Next { get; }

    /// <summary>Goes to a stored position. Reads the header first where the format has one. Called once, before the first record.</summary>
    public abstract ValueTask SeekAsync(RecordPosition position, CancellationToken cancellation);

    /// <summary>The next record, null at the end. The same object may come again with other content.</summary>
    /// <exception cref="InvalidRecordException">The rest of the report cannot be read.</exception>
    public abstract ValueTask<TRecord?> ReadAsync(CancellationToken cancellation);

    /// <summary>The record as raw data that can be parsed again on its own.</summary>
    public abstract byte[] Recover(TRecord record);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
