// Punycode (RFC 3492): Unicode text in the letters that domain names may have.
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>Encodes labels of domain names.</summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int ThresholdMin = 1;
    private const int ThresholdMax = 26;
    private const int Skew = 38;
    private const int Damp = 700;

    public static string Encode(string label)
    {
        var runes = label.EnumerateRunes().Select(rune => rune.Value).ToArray();
        var output = new StringBuilder();
        output.Append(runes.Where(rune => rune < 0x80).Select(rune => (char)rune).ToArray());
        var basic = output.Length;
        var handled = basic;
        if (basic > 0)
        {
            output.Append('-');
        }

        var (next, delta, bias) = (0x80, 0, 72);
        while (handled < runes.Length)
        {
            var smallest = runes.Where(rune => rune >= next).Min();
            delta = checked(delta + ((smallest - next) * (handled + 1)));
            next = smallest;
            foreach (var rune in runes)
            {
                if (rune < next)
                {
                    delta++;
                }
                else if (rune == next)
                {
                    AppendVariableLength(output, delta, bias);
                    bias = Adapt(delta, handled + 1, first: handled == basic);
                    delta = 0;
                    handled++;
                }
            }

            delta++;
            next++;
        }

        return output.ToString();
    }

    private static void AppendVariableLength(StringBuilder output, int delta, int bias)
    {
        for (var k = Base; ; k += Base)
        {
            var threshold = Math.Clamp(k - bias, ThresholdMin, ThresholdMax);
            if (delta < threshold)
            {
                output.Append(Digit(delta));
                return;
            }

            output.Append(Digit(threshold + ((delta - threshold) % (Base - threshold))));
            delta = (delta - threshold) / (Base - threshold);
        }
    }

    private static int Adapt(int delta, int points, bool first)
    {
        delta = first ? delta / Damp : delta / 2;
        delta += delta / points;
        var k = 0;
        for (; delta > (Base - ThresholdMin) * ThresholdMax / 2; k += Base)
        {
            delta /= Base - ThresholdMin;
        }

        return k + ((Base - ThresholdMin + 1) * delta / (delta + Skew));
    }

    private static char Digit(int value) => (char)(value < 26 ? 'a' + value : '0' + value - 26);
}
