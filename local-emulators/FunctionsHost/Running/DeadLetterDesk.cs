// All dead letters of a data folder, whichever way the pipeline ran.
using System.Text;
using IntelMq.DataFormat;
using IntelMq.FunctionsHost.Embedded;
using IntelMq.Runtime;
using IntelMq.Stores;

namespace IntelMq.FunctionsHost.Running;

/// <summary>
/// The dead letters of a data folder: those of the embedded transport and those of the function app. What is tried again waits in the embedded queue or
/// in the park store, from where the next run takes it.
/// </summary>
public sealed class DeadLetterDesk : IDisposable
{
    private readonly EmbeddedStore _embedded;
    private readonly SqliteDeadLetterStore? _app;
    private readonly SqliteParkStore? _parked;

    private DeadLetterDesk(EmbeddedStore embedded, SqliteFile? app)
    {
        _embedded = embedded;
        if (app is not null)
        {
            (_app, _parked) = (new SqliteDeadLetterStore(app), new SqliteParkStore(app));
        }
    }

    /// <summary>Opens a data folder.</summary>
    /// <exception cref="DataFolderException">Another process uses the folder, or it cannot be written.</exception>
    public static DeadLetterDesk Open(string dataFolder, TimeProvider clock)
    {
        var app = LocalFunctionServices.FileOf(dataFolder);
        return new DeadLetterDesk(EmbeddedStore.Open(dataFolder, clock), File.Exists(app) ? new SqliteFile(app) : null);
    }

    /// <summary>The dead letters, oldest first; of one bot where it is named.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string? bot, CancellationToken cancellation)
    {
        var letters = _embedded.DeadLetters.List(bot, int.MaxValue).ToList();
        if (_app is not null)
        {
            await foreach (var letter in _app.ListAsync(bot, cancellation))
            {
                letters.Add(letter);
            }
        }

        return letters.OrderBy(letter => letter.Time).ThenBy(letter => letter.Id).ToArray();
    }

    /// <summary>The dead letters whose id starts with a text.</summary>
    public async Task<IReadOnlyList<DeadLetter>> FindAsync(string idPrefix, CancellationToken cancellation)
    {
        var letters = _embedded.DeadLetters.Find(idPrefix).ToList();
        if (_app is not null)
        {
            await foreach (var letter in _app.FindAsync(idPrefix, cancellation))
            {
                letters.Add(letter);
            }
        }

        return letters;
    }

    /// <summary>Sends a dead letter to its queue again and removes it.</summary>
    public async Task RetryAsync(DeadLetter letter, CancellationToken cancellation)
    {
        if (!await IsOfAppAsync(letter, cancellation))
        {
            _embedded.DeadLetters.Retry(letter);
            return;
        }

        // Two steps: after a crash between them the letter is there twice, with the same id.
        var frame = Encoding.UTF8.GetBytes(letter.Message.ReplaceLineEndings(" ") + "\n");
        await _parked!.AddAsync([new ParkedEntry("retry-" + letter.Id.ToString("N"), letter.Queue, frame, 1, DateTimeOffset.UnixEpoch, 0, null)], cancellation);
        await _app!.DeleteAsync(letter.Id, cancellation);
    }

    /// <summary>Replaces the message of a dead letter, after checking it.</summary>
    /// <exception cref="DataFormatException">The new text is no message, or a value is unfit.</exception>
    public async Task EditAsync(DeadLetter letter, string message, FieldCatalogue fields, CancellationToken cancellation)
    {
        if (await IsOfAppAsync(letter, cancellation))
        {
            await _app!.AddAsync([letter with { Message = DeadLetterBox.Check(message, fields) }], cancellation);
        }
        else
        {
            _embedded.DeadLetters.Edit(letter, message, fields);
        }
    }

    /// <summary>Removes a dead letter for ever.</summary>
    public async Task DeleteAsync(DeadLetter letter, CancellationToken cancellation)
    {
        if (await IsOfAppAsync(letter, cancellation))
        {
            await _app!.DeleteAsync(letter.Id, cancellation);
        }
        else
        {
            _embedded.DeadLetters.Delete(letter);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _embedded.Dispose();

    private async Task<bool> IsOfAppAsync(DeadLetter letter, CancellationToken cancellation)
    {
        if (_app is null)
        {
            return false;
        }

        await foreach (var found in _app.FindAsync(letter.Id.ToString(), cancellation))
        {
            return found.Id == letter.Id;
        }

        return false;
    }
}
