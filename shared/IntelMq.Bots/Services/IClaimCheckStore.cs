// Where raw data lies that is too large to travel in messages.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>
/// Stores raw data outside the messages. The name is chosen before the data is known; the hash is made while it streams.
/// </summary>
public interface IClaimCheckStore
{
    /// <summary>Stores a stream and gives its address, length and hash.</summary>
    /// <param name="name">Collector, occurrence, source and attempt, as text; the store makes a proper name of it.</param>
    /// <param name="data">The data; read to its end.</param>
    /// <param name="cancellation">Stops the writing; nothing is left behind.</param>
    /// <exception cref="TransientException">The store cannot take it now (the disk is full).</exception>
    ValueTask<ClaimCheck> WriteAsync(string name, Stream data, CancellationToken cancellation);

    /// <summary>Opens stored data; seekable.</summary>
    /// <exception cref="InvalidRecordException">The data is gone.</exception>
    ValueTask<Stream> OpenReadAsync(ClaimCheck claim, CancellationToken cancellation);

    /// <summary>Deletes stored data; absent data does not matter.</summary>
    ValueTask DeleteAsync(string address, CancellationToken cancellation);
}
