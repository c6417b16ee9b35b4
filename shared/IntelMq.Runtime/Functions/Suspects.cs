// Finds the frame on which the process ends.
using System.Security.Cryptography;
using IntelMq.Bots;

namespace IntelMq.Runtime;

/// <summary>
/// A frame that comes again may be the one that ended the process. It is handled alone, with a note in the state store while that lasts. A note that is
/// found when the frame comes once more tells that the process ended while it handled nothing else; after <see cref="Proofs"/> of them the frame is not
/// tried any more. Frames that only happened to be under way beside it lose nothing, and one restart at a bad moment proves nothing.
/// </summary>
internal sealed class Suspects(AppNotes notes) : IDisposable
{
    /// <summary>What the dead letters of a guilty frame say.</summary>
    public const string Sentence = "The process ended while it handled this frame alone; it is not tried again. The process's own log says why.";

    /// <summary>How often the process must have ended while it handled the frame alone.</summary>
    private const int Proofs = 3;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(8);

    // Room for all that work beside each other; a suspect takes all of it.
    private const int Everybody = 1000;

    private readonly SemaphoreSlim _room = new(Everybody);
    private readonly SemaphoreSlim _suspects = new(1);

    /// <summary>Whether the process ended again and again while it handled a frame of this text alone.</summary>
    public async ValueTask<bool> IsGuiltyAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation) =>
        Count(await notes.GetAsync(KeyOf(text.Span), cancellation)) >= Proofs;

    /// <summary>Handles frames: alone if one of them is suspect, else beside others.</summary>
    public async Task GuardAsync(IReadOnlyList<ReceivedText> texts, Func<Task> work, CancellationToken cancellation)
    {
        if (texts.All(text => text.Deliveries <= 1))
        {
            await _room.WaitAsync(cancellation);
            try
            {
                await work();
            }
            finally
            {
                _room.Release();
            }

            return;
        }

        await _suspects.WaitAsync(cancellation);
        var taken = 0;
        try
        {
            for (; taken < Everybody; taken++)
            {
                await _room.WaitAsync(cancellation);
            }

            await NoteAsync(texts, cancellation);
            try
            {
                await work();
            }
            finally
            {
                // Whatever came of it, the process lives: this frame did not end it.
                await ForgetAsync(texts);
            }
        }
        finally
        {
            if (taken > 0)
            {
                _room.Release(taken);
            }

            _suspects.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _room.Dispose();
        _suspects.Dispose();
    }

    private static byte[] KeyOf(ReadOnlySpan<byte> text) => SHA256.HashData(text);

    private static int Count(byte[]? note) => note is [var count, ..] ? count : 0;

    private async ValueTask NoteAsync(IReadOnlyList<ReceivedText> texts, CancellationToken cancellation)
    {
        var keys = texts.Select(text => KeyOf(text.Text.Span)).ToArray();
        var earlier = await notes.GetAsync(keys, cancellation);
        await notes.PutAsync(keys.Select((key, i) => new StateItem(key, [(byte)Math.Min(255, Count(earlier[i]) + 1)])).ToArray(), s_kept, cancellation);
    }

    private ValueTask ForgetAsync(IReadOnlyList<ReceivedText> texts) =>
        notes.RemoveAsync(texts.Select(text => KeyOf(text.Text.Span)).ToArray(), CancellationToken.None);
}
