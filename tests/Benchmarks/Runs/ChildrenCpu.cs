// The CPU time of ended child processes.
using System.Runtime.InteropServices;

namespace IntelMq.Benchmarks;

/// <summary>Reads what the system has counted for the children that this process has waited for.</summary>
internal static partial class ChildrenCpu
{
    private const int Children = -1;

    /// <summary>User and system time of all ended children.</summary>
    public static TimeSpan Total()
    {
        Span<long> usage = stackalloc long[18];
        if (getrusage(Children, ref usage[0]) != 0)
        {
            throw new InvalidOperationException("getrusage failed.");
        }

        // struct rusage begins with two timevals of two longs: user and system time in seconds and microseconds.
        return TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrusage(int who, ref long usage);
}
