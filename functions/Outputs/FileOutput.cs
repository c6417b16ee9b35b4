// Events as JSON lines in a file.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Outputs;

/// <summary>Appends events to a file, one JSON line each, names sorted, without <c>raw</c> unless it is wanted.</summary>
[Bot("intelmq.bots.outputs.file.output", "Appends events to a file as JSON lines, or one field of them.", Guarantee = OutputGuarantee.Exact, Single = true)]
public sealed class FileOutput : OutputBot<FileOutput.FileParameters>
{
    private readonly Dictionary<string, ByteBuffer> _byFile = new(StringComparer.Ordinal);
    private EventExport _export = new(new FileParameters());
    private FileNameTemplate? _name;

    /// <summary>The parameters.</summary>
    public sealed record FileParameters : ExportParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("The file. Folders are made on demand.", Path = PathUse.Append)]
        public string File { get; init; } = "/opt/intelmq/var/lib/bots/file-output/events.txt";

        /// <summary>See the attribute.</summary>
        [Parameter("Fill {event[source.asn]} and the like in the file's name with the event's values; times take a format: {event[time.source]:%Y-%m-%d}.")]
        public bool FormatFilename { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("What happens to text that cannot be encoded; text is always written as UTF-8, which can encode all of it.", Allowed = ["strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"])]
        public string EncodingErrorsMode { get; init; } = "strict";
    }

    /// <inheritdoc/>
    protected override ValueTask StartAsync(CancellationToken cancellation)
    {
        _export = new EventExport(Parameters);
        _name = Parameters.FormatFilename ? new FileNameTemplate(Parameters.File, Context.Fields) : null;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation)
    {
        foreach (var buffer in _byFile.Values)
        {
            buffer.CutBack(0);
        }

        foreach (var item in batch.Events)
        {
            try
            {
                Append(item);
            }
            catch (Exception error) when (error is InvalidRecordException or DataFormatException)
            {
                batch.Fail(item, error);
            }
        }

        foreach (var (file, buffer) in _byFile.Where(file => file.Value.Length > 0))
        {
            await Context.Files.AppendAsync(file, batch.Id, buffer.Written, cancellation);
        }

        // A feed with many values must not make this grow for ever.
        if (_byFile.Count > 1000)
        {
            _byFile.Clear();
        }
    }

    private void Append(Event item)
    {
        var file = _name?.Fill(item) ?? Parameters.File;
        if (!_byFile.TryGetValue(file, out var buffer))
        {
            _byFile[file] = buffer = new ByteBuffer(capacity: 4096);
        }

        var before = buffer.Length;
        try
        {
            _export.WriteLines(buffer, item);
        }
        catch
        {
            buffer.CutBack(before);
            throw;
        }
    }
}
