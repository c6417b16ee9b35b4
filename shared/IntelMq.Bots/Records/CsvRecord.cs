// One row of a table.
using System.Buffers;
using System.Text;

namespace IntelMq.Bots;

/// <summary>One row of a table.</summary>
public sealed class CsvRecord : Record
{
    private static readonly SearchValues<char> s_quoteWorthy = SearchValues.Create(",\"\r\n");

    internal CsvCells CellList { get; } = new();

    /// <summary>The cells, in order. Valid until the next row is read.</summary>
    public IReadOnlyList<string> Cells => CellList;

    /// <summary>The text of a cell by number, from 0.</summary>
    public string this[int index] => CellList[index];

    /// <summary>The bytes of a cell as the report has them: usually UTF-8, whatever the feed sends. Reading them makes no text. Valid until the next row is read.</summary>
    public ReadOnlySpan<byte> CellBytes(int index) => CellList.Bytes(index);

    /// <summary>The names of the columns from the header line; empty where the format has none.</summary>
    public IReadOnlyList<string> Columns { get; internal set; } = [];

    /// <summary>The header lines, each with its line end.</summary>
    public string Header { get; internal set; } = "";

    /// <summary>The line end of the report.</summary>
    public string LineEnd { get; internal set; } = "\n";

    /// <summary>Whether <see cref="WriteRow"/> would write the row just as it stands.</summary>
    internal bool IsCanonical { get; set; }

    /// <summary>The cell of a column by name; null where the row is too short or there is no such column.</summary>
    public string? this[string column]
    {
        get
        {
            for (var i = 0; i < Columns.Count && i < CellList.Count; i++)
            {
                if (Columns[i] == column)
                {
                    return CellList[i];
                }
            }

            return null;
        }
    }

    /// <summary>Writes the row with commas, quotes only where they are needed, and the line end: the form that IntelMQ stores as <c>raw</c>.</summary>
    public void WriteRow(IBufferWriter<byte> output)
    {
        if (IsCanonical)
        {
            output.Write(Bytes.Span);
        }
        else
        {
            for (var i = 0; i < CellList.Count; i++)
            {
                output.Write(i == 0 ? default : ","u8);
                WriteCell(output, CellList[i]);
            }
        }

        Encoding.ASCII.GetBytes(LineEnd, output);
    }

    private static void WriteCell(IBufferWriter<byte> output, string cell)
    {
        var text = cell.AsSpan();
        if (text.IndexOfAny(s_quoteWorthy) < 0)
        {
            Encoding.UTF8.GetBytes(text, output);
            return;
        }

        output.Write("\""u8);
        for (var quote = text.IndexOf('"'); quote >= 0; quote = text.IndexOf('"'))
        {
            Encoding.UTF8.GetBytes(text[..quote], output);
            output.Write("\"\""u8);
            text = text[(quote + 1)..];
        }

        Encoding.UTF8.GetBytes(text, output);
        output.Write("\""u8);
    }
}
