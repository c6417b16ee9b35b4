// Nameprep (RFC 3491): folds letters and forms of letters so that equal names compare equal.
using System.Globalization;
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>
/// Prepares labels of international domain names. .NET without culture data folds nothing but letter case, and domain names
/// need the version of 2003 ("ß" is "ss"), so the tables are our own: <c>nameprep.txt</c>, read when the first such name comes.
/// </summary>
internal sealed class Nameprep
{
    private static readonly Lazy<Nameprep> s_shared = new(() => new Nameprep());

    private readonly Dictionary<int, string> _folded = [];
    private readonly Dictionary<(int Base, int Mark), int> _composed = [];
    private readonly List<(int First, int Last)> _forbidden = [];

    private Nameprep()
    {
        using var stream = typeof(Nameprep).Assembly.GetManifestResourceStream("IntelMq.DataFormat.nameprep.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            Read(line);
        }
    }

    /// <summary>The label in its prepared form. Null where it holds what names must not hold, or mixes writing directions.</summary>
    public static string? Prepare(string label)
    {
        var tables = s_shared.Value;
        var folded = new List<int>(label.Length);
        foreach (var rune in label.EnumerateRunes())
        {
            if (tables._folded.TryGetValue(rune.Value, out var becomes))
            {
                folded.AddRange(becomes.EnumerateRunes().Select(part => part.Value));
            }
            else
            {
                folded.Add(rune.IsAscii ? Rune.ToLowerInvariant(rune).Value : rune.Value);
            }
        }

        tables.Compose(folded);
        if (folded.Any(tables.IsForbidden) || MixesDirections(folded))
        {
            return null;
        }

        return string.Concat(folded.Select(char.ConvertFromUtf32));
    }

    private void Read(string line)
    {
        if (line[0] == '#')
        {
            return;
        }

        var parts = line[1..].Split(' ');
        switch (line[0])
        {
            case '+':
                _composed[(Hex(parts[0]), Hex(parts[1]))] = Hex(parts[2]);
                return;
            case '!':
                var limits = parts[0].Split('-');
                _forbidden.Add((Hex(limits[0]), Hex(limits[1])));
                return;
        }

        parts = line.Split(' ');
        if (parts[0].Split('-', '/') is [var first, var last, var step])
        {
            var offset = Hex(parts[1]) - Hex(first);
            for (var point = Hex(first); point <= Hex(last); point += Hex(step))
            {
                _folded[point] = char.ConvertFromUtf32(point + offset);
            }

            return;
        }

        _folded[Hex(parts[0])] = string.Concat(parts.Skip(1).Select(part => char.ConvertFromUtf32(Hex(part))));
    }

    private void Compose(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            if (_composed.TryGetValue((points[i - 1], points[i]), out var one))
            {
                points[i - 1] = one;
                points.RemoveAt(i--);
                i = Math.Max(i, 0);
            }
        }
    }

    private bool IsForbidden(int point) => point >= 0x80 && _forbidden.Any(range => point >= range.First && point <= range.Last);

    // A right-to-left label starts and ends with right-to-left letters and has no others.
    private static bool MixesDirections(List<int> points) =>
        points.Any(IsRightToLeft)
        && (!IsRightToLeft(points[0]) || !IsRightToLeft(points[^1]) || points.Any(point => !IsRightToLeft(point) && Rune.IsLetter(new Rune(point))));

    private static bool IsRightToLeft(int point) =>
        point is (>= 0x5be and <= 0x64a and not (>= 0x60c and <= 0x61a)) or (>= 0x66d and <= 0x6d5) or (>= 0x6e5 and <= 0x6e6) or (>= 0x6fa and <= 0x7b1)
            or (>= 0xfb1d and <= 0xfdfc) or (>= 0xfe70 and <= 0xfefc);

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
