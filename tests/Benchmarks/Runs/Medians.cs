// What is made of several measurements.
namespace IntelMq.Benchmarks;

/// <summary>Order statistics.</summary>
internal static class Medians
{
    /// <summary>The median.</summary>
    public static double Of(IEnumerable<double> values) => At(values, 0.5);

    /// <summary>The value that a share of the others does not exceed.</summary>
    public static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
