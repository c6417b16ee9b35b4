// The records of reports.
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>One record of a report. Its memory belongs to the reader and is valid until the next record is read.</summary>
public abstract class Record
{
    /// <summary>The record's index in the report, from 0. Records that the reader skips (comments, blank lines) do not count.</summary>
    public long Index { get; internal set; }

    /// <summary>The byte at which the record starts.</summary>
    public long Offset { get; internal set; }

    /// <summary>The record as it stands in the report, without its line end.</summary>
    public ReadOnlyMemory<byte> Bytes { get; internal set; }

    /// <summary>Why the record cannot be parsed (too long, broken quotes); null where it can. <see cref="Bytes"/> then holds its beginning.</summary>
    public string? Problem { get; internal set; }

    /// <summary>The record as text; bytes that are not UTF-8 are dropped.</summary>
    public string Text => RawData.DecodeText(Bytes.Span);
}

/// <summary>One line.</summary>
public sealed class LineRecord : Record;

/// <summary>The whole report.</summary>
public sealed class WholeRecord : Record;

/// <summary>One JSON value: an element of the top-level list, or one of several values after each other.</summary>
public sealed class JsonRecord : Record
{
    /// <summary>The value.</summary>
    public Value Json { get; internal set; }
}
