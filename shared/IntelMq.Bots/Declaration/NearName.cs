// Finds what a person probably meant.
namespace IntelMq.Bots;

/// <summary>Finds the known name that is nearest to a mistyped one.</summary>
public static class NearName
{
    /// <summary>The nearest name, null where none is near enough (a third of the letters, at least one, may differ).</summary>
    public static string? Find(string mistyped, IEnumerable<string> known)
    {
        var most = Math.Max(1, mistyped.Length / 3);
        return known
            .Where(name => Math.Abs(name.Length - mistyped.Length) <= most)
            .Select(name => (Name: name, Distance: Distance(mistyped, name)))
            .Where(candidate => candidate.Distance <= most)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .FirstOrDefault().Name;
    }

    /// <summary><c> (did you mean 'x'?)</c>, or nothing.</summary>
    public static string Hint(string mistyped, IEnumerable<string> known) => Find(mistyped, known) is { } near ? $" (did you mean '{near}'?)" : "";

    // Damerau-Levenshtein (optimal string alignment): a swap of neighbours is one mistake, not two.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
