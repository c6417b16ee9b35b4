// Knows which keys were surely never stored.
using System.IO.Hashing;

namespace IntelMq.FunctionsHost.Embedded;

/// <summary>
/// A Bloom filter over the keys of one bot's state. Most events are new: the filter says so in a hundredth of the time of a look-up. It grows with the
/// number of keys (some ten bits per key) and errs in one case of a hundred, always on the safe side.
/// </summary>
internal sealed class KeyFilter
{
    private const int BitsPerKey = 10;
    private const int Probes = 6;

    private readonly List<ulong[]> _layers = [];
    private long _inLayer;

    /// <summary>The most keys that the newest layer takes.</summary>
    private long Capacity => _layers.Count == 0 ? 0 : _layers[^1].LongLength * 64 / BitsPerKey;

    /// <summary>Whether a key may have been stored. False is certain.</summary>
    public bool MayContain(ReadOnlySpan<byte> key)
    {
        var hash = XxHash3.HashToUInt64(key);
        foreach (var layer in _layers)
        {
            if (Test(layer, hash))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A key was stored.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        if (_inLayer >= Capacity)
        {
            // A further layer, twice as large: nothing has to be read again.
            _layers.Add(new ulong[Math.Max(16 * 1024, _layers.Count == 0 ? 0 : _layers[^1].Length * 2)]);
            _inLayer = 0;
        }

        var hash = XxHash3.HashToUInt64(key);
        var (layer, step) = (_layers[^1], (hash >> 32) | 1);
        for (var i = 0; i < Probes; i++)
        {
            var bit = Place(hash + ((ulong)i * step), layer);
            layer[bit >> 6] |= 1UL << (int)(bit & 63);
        }

        _inLayer++;
    }

    private static bool Test(ulong[] layer, ulong hash)
    {
        var step = (hash >> 32) | 1;
        for (var i = 0; i < Probes; i++)
        {
            var bit = Place(hash + ((ulong)i * step), layer);
            if ((layer[bit >> 6] & (1UL << (int)(bit & 63))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    // The number of words is a power of two.
    private static ulong Place(ulong hash, ulong[] layer) => (hash ^ (hash >> 29)) & (((ulong)layer.LongLength * 64) - 1);
}
