// The raw data of a row.
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Parsers.GenericCsv;

/// <summary>Writes a row so that it can be parsed again: header lines, cells, line end.</summary>
internal static class CsvRow
{
    /// <summary>
    /// The row's bytes. A row without quotes is taken as it stands; a quoted one is written anew with only the quotes it needs, as other programs write it.
    /// </summary>
    public static byte[] Write(CsvRecord record, char delimiter, bool withHeader)
    {
        if (!withHeader && record.Bytes.Span.IndexOfAny((byte)'"', (byte)0) < 0)
        {
            var plain = new byte[record.Bytes.Length + record.LineEnd.Length];
            record.Bytes.Span.CopyTo(plain);
            Encoding.ASCII.GetBytes(record.LineEnd, plain.AsSpan(record.Bytes.Length));
            return plain;
        }

        var text = new StringBuilder(record.Header.Length + record.Bytes.Length + 8).Append(withHeader ? record.Header : "");
        for (var i = 0; i < record.Cells.Count; i++)
        {
            if (i > 0)
            {
                text.Append(delimiter);
            }

            Append(text, record.Cells[i], delimiter);
        }

        return Encoding.UTF8.GetBytes(text.Append(record.LineEnd).ToString());
    }

    private static void Append(StringBuilder text, string cell, char delimiter)
    {
        if (cell.AsSpan().IndexOfAny([delimiter, '"', '\n', '\r']) < 0)
        {
            text.Append(cell);
            return;
        }

        text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
