// Bots that make events of reports.
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>A bot that makes events of reports.</summary>
public abstract class ParserBot : Bot
{
    /// <inheritdoc/>
    public sealed override BotKind Kind => BotKind.Parser;

    /// <summary>
    /// Whether a large report may be cut at record boundaries into slices that are parsed beside each other. A parser whose records need what earlier
    /// ones said (<see cref="ParserSession.State"/>) says no.
    /// </summary>
    public virtual bool CanSlice => true;

    /// <summary>Opens a report for parsing, at its start or where an earlier invocation stopped.</summary>
    /// <param name="report">The report's fields; its raw data comes as a stream.</param>
    /// <param name="raw">The raw data; seekable. The parsing owns it.</param>
    /// <param name="from">Where to go on.</param>
    /// <param name="cancellation">Stops the opening.</param>
    /// <exception cref="InvalidRecordException">The report as a whole cannot be parsed.</exception>
    public abstract ValueTask<Parsing> OpenAsync(Report report, Stream raw, RecordPosition from, CancellationToken cancellation);
}

/// <summary>A report that is being parsed, record by record. It can stop after any record.</summary>
public abstract class Parsing : IAsyncDisposable
{
    /// <summary>The index of the current record in the report, from 0.</summary>
    public abstract long Index { get; }

    /// <summary>Where to go on after the current record.</summary>
    public abstract RecordPosition Next { get; }

    /// <summary>Goes to the next record. False at the end.</summary>
    /// <exception cref="InvalidRecordException">The rest of the report cannot be read.</exception>
    public abstract ValueTask<bool> MoveNextAsync(CancellationToken cancellation);

    /// <summary>Makes the events of the current record.</summary>
    public abstract IEnumerable<Event> Parse();

    /// <summary>The current record as raw data that can be parsed again on its own (with the header where the format has one).</summary>
    public abstract byte[] Recover();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Where to go on in a report.</summary>
/// <param name="Offset">The byte at which the next record starts.</param>
/// <param name="Index">The next record's index.</param>
/// <param name="State">What the parser remembers from earlier records (a date in a comment line), null for nothing.</param>
public sealed record RecordPosition(long Offset, long Index, string? State = null)
{
    /// <summary>The start of a report.</summary>
    public static RecordPosition Start { get; } = new(0, 0);
}

/// <summary>Base class of parsers.</summary>
/// <typeparam name="TParameters">The parameters record.</typeparam>
/// <typeparam name="TRecord">The kind of record that the parser works on.</typeparam>
public abstract class ParserBot<TParameters, TRecord> : ParserBot
    where TParameters : ParserParameters, new()
    where TRecord : Record
{
    /// <summary>The parameters.</summary>
    protected TParameters Parameters { get; private set; } = new();

    /// <inheritdoc/>
    public sealed override BotParameters CommonParameters => Parameters;

    /// <inheritdoc/>
    public sealed override async ValueTask<Parsing> OpenAsync(Report report, Stream raw, RecordPosition from, CancellationToken cancellation)
    {
        var reader = OpenRecords(report, raw);
        try
        {
            var session = new ParserSession { State = from.State };
            await Prepare(report, session, cancellation);
            await reader.SeekAsync(from, cancellation);
            return new RecordParsing(this, report, reader, session);
        }
        catch
        {
            // The reader owns the stream, and nobody else will close it.
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>The record reader of the format.</summary>
    protected abstract RecordReader<TRecord> OpenRecords(Report report, Stream raw);

    /// <summary>Prepares for a report: chooses the schema by its name, refuses an unknown feed.</summary>
    /// <exception cref="InvalidRecordException">The report cannot be parsed by this bot.</exception>
    protected virtual ValueTask Prepare(Report report, ParserSession session, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Makes the events of a record. An exception makes this record a dead letter; the others go on.</summary>
    protected abstract IEnumerable<Event> Parse(TRecord record, Report report, ParserSession session);

    /// <summary>
    /// The raw data of a dead letter. A parser that learned something from earlier records puts it before the record, so that parsing it again gives the same.
    /// </summary>
    /// <param name="recovered">The record as raw data that can be parsed on its own.</param>
    /// <param name="session">What the parser knows about the report.</param>
    protected virtual byte[] Recover(byte[] recovered, ParserSession session) => recovered;

    /// <summary>An event with what the report tells about its feed.</summary>
    protected Event NewEvent(Report report) => Event.From(report, Parameters.CopyCollectorProvidedFields);

    private protected sealed override void Accept(BotParameters parameters) => Parameters = (TParameters)parameters;

    private sealed class RecordParsing(ParserBot<TParameters, TRecord> bot, Report report, RecordReader<TRecord> reader, ParserSession session) : Parsing
    {
        private TRecord? _current;

        public override long Index => _current!.Index;

        public override RecordPosition Next => reader.Next with { State = session.State };

        // Most records are in memory already and need no waiting.
        public override ValueTask<bool> MoveNextAsync(CancellationToken cancellation)
        {
            var read = reader.ReadAsync(cancellation);
            return read.IsCompletedSuccessfully ? new ValueTask<bool>((_current = read.Result) is not null) : WaitAsync(read);
        }

        private async ValueTask<bool> WaitAsync(ValueTask<TRecord?> read) => (_current = await read) is not null;

        public override IEnumerable<Event> Parse() =>
            _current!.Problem is { } problem ? throw new InvalidRecordException(problem) : bot.Parse(_current, report, session);

        public override byte[] Recover() => bot.Recover(reader.Recover(_current!), session);

        public override ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}

/// <summary>What a parser knows about the report it is working on.</summary>
public sealed class ParserSession
{
    /// <summary>Text that later records need and that survives a stop (a date in a comment line). Keep it short.</summary>
    public string? State { get; set; }

    /// <summary>Anything that <see cref="ParserBot{TParameters,TRecord}.Prepare"/> found out; made anew after a stop.</summary>
    public object? Prepared { get; set; }
}
