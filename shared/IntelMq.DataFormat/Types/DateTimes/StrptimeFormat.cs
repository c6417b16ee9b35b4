// Date formats in the notation of strptime ("%d.%m.%Y %H:%M").
namespace IntelMq.DataFormat;

/// <summary>
/// A format of dates and times in Python's notation. Directives: <c>%a %A %b %B %c %d %f %G %H %I %j %m %M %p %S %u %U %V %w %W %x %X %y %Y %z %Z %%</c>.
/// A blank in the format stands for one or more blanks; letters match in any case; numbers may lack leading zeros.
/// </summary>
public sealed class StrptimeFormat
{
    private readonly List<Item> _items;

    private StrptimeFormat(string text, List<Item> items)
    {
        Text = text;
        _items = items;
    }

    /// <summary>The format as it was written.</summary>
    public string Text { get; }

    /// <summary>Understands a format.</summary>
    /// <exception cref="ArgumentException">An unknown directive, or a percent sign at the end.</exception>
    public static StrptimeFormat Parse(string format)
    {
        var items = new List<Item>();
        var expanded = Expand(format);
        for (var i = 0; i < expanded.Length; i++)
        {
            if (Blanks.IsBlank(expanded[i]))
            {
                if (items.Count == 0 || items[^1].Directive != ' ')
                {
                    items.Add(new Item(' ', default));
                }
            }
            else if (expanded[i] != '%')
            {
                items.Add(new Item('\0', expanded[i]));
            }
            else if (++i < expanded.Length && expanded[i] == '%')
            {
                items.Add(new Item('\0', '%'));
            }
            else if (i < expanded.Length && StrptimeDirective.IsKnown(expanded[i]))
            {
                items.Add(new Item(expanded[i], default));
            }
            else
            {
                throw new ArgumentException($"The date format '{format}' has an unknown directive '%{(i < expanded.Length ? expanded[i] : "")}'.", nameof(format));
            }
        }

        return new StrptimeFormat(format, items);
    }

    /// <summary>Reads a date and time as they stand in the text. The whole text must match.</summary>
    /// <param name="text">The text.</param>
    /// <param name="result">Local date and time (missing parts: 1900-01-01 00:00), and the offset where the format has <c>%z</c>.</param>
    public bool TryRead(string text, out (DateTime Local, TimeSpan? Offset) result)
    {
        result = default;
        Span<StrptimeMatch> matches = _items.Count <= 32 ? stackalloc StrptimeMatch[32] : new StrptimeMatch[_items.Count];
        if (!Match(text, 0, 0, matches, out var end) || end != text.Length)
        {
            return false;
        }

        var parts = new StrptimeParts();
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i].Directive is not (' ' or '\0') && !parts.Take(_items[i].Directive, text.AsSpan(matches[i].Start, matches[i].Length)))
            {
                return false;
            }
        }

        return parts.TryMake(out result);
    }

    // Tries the readings of each item from the preferred one on, as a regular expression would: "1112" is %m%d = 11, 12 and "112" is 11, 2.
    private bool Match(string text, int item, int at, Span<StrptimeMatch> matches, out int end)
    {
        if (item == _items.Count)
        {
            end = at;
            return true;
        }

        Span<int> lengths = stackalloc int[StrptimeDirective.MaxReadings];
        var count = _items[item].Lengths(text.AsSpan(at), lengths);
        for (var i = 0; i < count; i++)
        {
            matches[item] = new StrptimeMatch(at, lengths[i]);
            if (Match(text, item + 1, at + lengths[i], matches, out end))
            {
                return true;
            }
        }

        end = 0;
        return false;
    }

    private static string Expand(string format) => format
        .Replace("%c", "%a %b %d %H:%M:%S %Y", StringComparison.Ordinal)
        .Replace("%x", "%m/%d/%y", StringComparison.Ordinal)
        .Replace("%X", "%H:%M:%S", StringComparison.Ordinal);

    private readonly record struct Item(char Directive, char Literal)
    {
        public int Lengths(ReadOnlySpan<char> text, Span<int> lengths)
        {
            if (Directive == '\0')
            {
                lengths[0] = 1;
                return !text.IsEmpty && char.ToLowerInvariant(text[0]) == char.ToLowerInvariant(Literal) ? 1 : 0;
            }

            if (Directive != ' ')
            {
                return StrptimeDirective.Lengths(Directive, text, lengths);
            }

            var blanks = 0;
            while (blanks < text.Length && Blanks.IsBlank(text[blanks]))
            {
                blanks++;
            }

            // What follows a blank in a format never starts with one, except a day written with a blank for the zero.
            lengths[0] = blanks;
            lengths[1] = blanks - 1;
            return Math.Min(blanks, 2);
        }
    }

    private readonly record struct StrptimeMatch(int Start, int Length);
}
