// The body of an HTTP answer.
using System.IO.Compression;
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Collectors;

/// <summary>Reads bodies: texts become UTF-8, zip archives are recognised, nothing large is kept in memory.</summary>
internal static class Download
{
    /// <summary>The body as a temporary file that goes away when it is closed; positioned at its start.</summary>
    /// <param name="response">The answer, of which the headers were read.</param>
    /// <param name="longestPause">How long nothing may come.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Stops the download.</param>
    /// <exception cref="TransientException">The body broke off, or nothing came for too long.</exception>
    public static async Task<Stream> ToFileAsync(HttpResponseMessage response, TimeSpan longestPause, TimeProvider clock, CancellationToken cancellation)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        try
        {
            await CopyAsync(response, file, longestPause, clock, cancellation);
            file.Position = 0;
            return file;
        }
        catch (Exception error)
        {
            await file.DisposeAsync();
            throw error is HttpRequestException or IOException ? new TransientException($"The download broke off: {error.Message}", inner: error) : error;
        }
    }

    /// <summary>The body as text in UTF-8, by the charset that the server names.</summary>
    public static Stream AsUtf8(Stream body, HttpResponseMessage response) =>
        CharsetOf(response) is { } other ? Encoding.CreateTranscodingStream(body, other, Encoding.UTF8) : body;

    /// <summary>Whether a file is a zip archive.</summary>
    public static bool IsZip(Stream file)
    {
        try
        {
            file.Position = 0;
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            return archive.Entries.Count > 0;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Whatever it is, it cannot be read as zip.
            return false;
        }
        finally
        {
            file.Position = 0;
        }
    }

    // The time-out of the client ends with the headers: a server that stops within the body must not hold the run for ever.
    private static async Task CopyAsync(HttpResponseMessage response, Stream target, TimeSpan longestPause, TimeProvider clock, CancellationToken cancellation)
    {
        using var pause = new CancellationTokenSource(longestPause, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellation);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[64 * 1024];
            while (await body.ReadAsync(buffer, either.Token) is var read and > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
                pause.CancelAfter(longestPause);
            }
        }
        catch (OperationCanceledException) when (pause.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TransientException($"The download stood still for {longestPause.TotalSeconds:0.#} seconds.");
        }
    }

    // Without a charset a text is read as ISO 8859-1, as HTTP has it and IntelMQ does; null stands for UTF-8 and for what is no text.
    private static Encoding? CharsetOf(HttpResponseMessage response)
    {
        var type = response.Content.Headers.ContentType;
        var name = type?.CharSet?.Trim('"');
        if (name is null && !(type?.MediaType?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ?? false))
        {
            return null;
        }

        try
        {
            // The provider knows what .NET itself does not: windows-1252, iso-8859-15 and the like.
            var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name ?? "iso-8859-1") ?? Encoding.GetEncoding(name ?? "iso-8859-1");
            return encoding.CodePage == Encoding.UTF8.CodePage ? null : encoding;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
