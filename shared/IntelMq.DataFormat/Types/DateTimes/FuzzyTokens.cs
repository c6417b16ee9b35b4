// Cuts a text into the pieces in which dates are looked for.
using System.Text;

namespace IntelMq.DataFormat;

/// <summary>
/// Cuts a text into numbers, words, blanks and single other characters. A dot may be a decimal point ("10.5"), part of an
/// abbreviation ("a.m.") or a separator ("31.08.2015"): what was read together is cut again when it turns out not to be a number.
/// </summary>
internal static class FuzzyTokens
{
    private enum State
    {
        Word,
        Number,
        WordWithDots,
        NumberWithDots,
    }

    public static List<string> Split(string text)
    {
        var tokens = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var c = text[at];
            if (c == '\0')
            {
                at++;
            }
            else if (char.IsLetter(c) || char.IsDigit(c))
            {
                var start = at;
                var state = Scan(text, ref at, out var seenLetters);
                Add(tokens, Digits(text[start..at]), state, seenLetters);
            }
            else
            {
                tokens.Add(Blanks.IsBlank(c) ? " " : c.ToString());
                at++;
            }
        }

        return tokens;
    }

    private static State Scan(string text, ref int at, out bool seenLetters)
    {
        var state = char.IsLetter(text[at]) ? State.Word : State.Number;
        seenLetters = false;
        var start = at++;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            seenLetters |= state is State.Word or State.WordWithDots;
            var behindDot = text[at - 1] == '.';
            State? next = state switch
            {
                State.Word => char.IsLetter(c) ? State.Word : c == '.' ? State.WordWithDots : null,
                State.Number => char.IsDigit(c) ? State.Number : c == '.' || (c == ',' && at - start >= 2) ? State.NumberWithDots : null,
                State.WordWithDots => c == '.' || char.IsLetter(c) ? State.WordWithDots : char.IsDigit(c) && behindDot ? State.NumberWithDots : null,
                _ => c == '.' || char.IsDigit(c) ? State.NumberWithDots : char.IsLetter(c) && behindDot ? State.WordWithDots : null,
            };
            if (next is null)
            {
                break;
            }

            state = next.Value;
        }

        return state;
    }

    private static void Add(List<string> tokens, string token, State state, bool seenLetters)
    {
        var dots = token.AsSpan().Count('.');
        if (state is State.WordWithDots or State.NumberWithDots && (seenLetters || dots > 1 || token[^1] is '.' or ','))
        {
            var start = 0;
            for (var i = 0; i < token.Length; i++)
            {
                if (token[i] is '.' or ',')
                {
                    AddPart(tokens, token[start..i]);
                    tokens.Add(token[i].ToString());
                    start = i + 1;
                }
            }

            AddPart(tokens, token[start..]);
            return;
        }

        tokens.Add(state == State.NumberWithDots && dots == 0 ? token.Replace(',', '.') : token);
    }

    private static void AddPart(List<string> tokens, string part)
    {
        if (part.Length > 0)
        {
            tokens.Add(part);
        }
    }

    // The digits of other scripts count as digits.
    private static string Digits(string token)
    {
        if (Ascii.IsValid(token))
        {
            return token;
        }

        return string.Concat(token.Select(c => c >= 0x80 && char.IsDigit(c) ? (char)('0' + (int)char.GetNumericValue(c)) : c));
    }
}
