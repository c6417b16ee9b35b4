// Turns a bot's frames into the texts of its output bindings.
using System.Security.Cryptography;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Pipeline;

namespace IntelMq.Runtime;

/// <summary>The texts of frames, by the limits of the queue they go to. A single message above the limit goes to the claim check whole.</summary>
internal sealed class FrameTexts(CompiledApp app, IClaimCheckStore claims)
{
    // Room that a header needs beside the messages.
    private const int HeaderRoom = 512;

    private readonly Dictionary<string, CompiledQueue> _queues = app.Queues.ToDictionary(queue => queue.Name, StringComparer.Ordinal);

    /// <summary>The size of the frames that a bot makes before they are cut to the transport's measure.</summary>
    public int FrameLimitFor(IEnumerable<string> queues)
    {
        var known = queues.Where(_queues.ContainsKey).Select(queue => _queues[queue]).ToArray();
        return known.Length == 0 || Array.Exists(known, Compresses) ? 2 * 1024 * 1024 : known.Min(queue => queue.FrameLimit);
    }

    /// <summary>The frames of about one text each that a frame for a queue is cut into.</summary>
    public IEnumerable<FramePiece> Cut(string queue, ReadOnlyMemory<byte> frame, FrameHeader? header = null)
    {
        var target = Queue(queue);
        return FrameText.Write(frame, target.FrameLimit - HeaderRoom, Compresses(target), header);
    }

    /// <summary>The text of a piece.</summary>
    public async ValueTask<string> TextAsync(FramePiece piece, FrameHeader? header, CancellationToken cancellation)
    {
        if (piece.Text is { } text)
        {
            return text;
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(piece.Frame.Span));
        using var data = new MemoryStream(piece.Frame.ToArray(), writable: false);
        var claim = await claims.WriteAsync($"frame/{sha256}", data, cancellation);
        return FrameText.WriteHeader((header ?? new FrameHeader()) with { Claim = claim });
    }

    /// <summary>Adds a frame to an answer, as texts for the binding of its queue; those of one key stay in order where the transport knows keys.</summary>
    public async ValueTask AddAsync(FunctionAnswer answer, CompiledFunction function, OutgoingFrame frame, string? key, CancellationToken cancellation)
    {
        var binding = BindingOf(function, frame.Queue);
        foreach (var piece in Cut(frame.Queue, frame.Bytes))
        {
            answer.Add(binding, Keyed(frame.Queue, await TextAsync(piece, null, cancellation), key));
        }
    }

    /// <summary>A text as the binding of its queue takes it with a key.</summary>
    public string Keyed(string queue, string text, string? key) => key is not null && Queue(queue).Transport == "kafka" ? new KafkaEnvelope(text, key).Write() : text;

    /// <summary>Adds a frame that fits into one text to an answer.</summary>
    public async ValueTask SendAsync(FunctionAnswer answer, string binding, string queue, ReadOnlyMemory<byte> frame, FrameHeader header, string? key, CancellationToken cancellation)
    {
        var pieces = Cut(queue, frame, header).ToArray();

        // An entry is one text: with the first of several the entry would be gone. What was cut to the measure of another transport travels by its address.
        var piece = pieces is [var whole] ? whole : new FramePiece(null, frame, pieces.Sum(part => part.Messages));
        answer.Add(binding, Keyed(queue, await TextAsync(piece, header, cancellation), key));
    }

    /// <summary>The output binding of a queue.</summary>
    public static string BindingOf(CompiledFunction function, string queue) => function.Outputs.TryGetValue(queue, out var binding) ? binding
        : throw new UnknownCallException($"The function '{function.Name}' has no output binding for the queue '{queue}'. Compile the pipeline again with 'intelmq compile'.");

    private bool Compresses(CompiledQueue queue) => queue.Transport != "sqlite" && !app.PlainFrames;

    private CompiledQueue Queue(string name) => _queues.TryGetValue(name, out var queue) ? queue
        : throw new UnknownCallException($"The queue '{name}' is not in {CompiledApp.FileName}. Compile the pipeline again with 'intelmq compile'.");
}
