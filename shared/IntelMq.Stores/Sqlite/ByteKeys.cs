// Keys of state: bytes that are equal by content.
namespace IntelMq.Stores;

/// <summary>How keys of state are compared.</summary>
public static class ByteKeys
{
    /// <summary>By content.</summary>
    public static IEqualityComparer<byte[]> Comparer { get; } = new ContentComparer();

    private sealed class ContentComparer : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] key)
        {
            var hash = new HashCode();
            hash.AddBytes(key);
            return hash.ToHashCode();
        }
    }
}
