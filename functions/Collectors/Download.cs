// The body of an HTTP answer.
using System.IO.Compression;
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Collectors;

/// <summary>Reads bodies: texts become UTF-8, zip archives are recognised, nothing large is kept in memory.</summary>
internal static class Download
{
    /// <summary>The body as a temporary file that goes away when it is closed; positioned at its start.</summary>
    /// <param name="response">The answer, of which only the headers were read.</param>
    /// <param name="patience">How long the server may send nothing.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Ends the download.</param>
    /// <exception cref="TransientException">The download broke off.</exception>
    /// <exception cref="InvalidRecordException">The body is too long.</exception>
    public static async Task<Stream> ToFileAsync(HttpResponseMessage response, TimeSpan patience, TimeProvider clock, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[64 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, either.Token)) > 0; silence.CancelAfter(patience))
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                if (file.Length > UnpackLimit.MostBytes)
                {
                    throw new InvalidRecordException($"'{response.RequestMessage?.RequestUri}' gives more than {UnpackLimit.MostBytes} bytes; they are not taken.");
                }
            }

            file.Position = 0;
            return file;
        }
        catch (Exception error)
        {
            await file.DisposeAsync();
            switch (error)
            {
                case OperationCanceledException when silence.IsCancellationRequested && !cancellation.IsCancellationRequested:
                    throw new TransientException($"The download stood still for {patience.TotalSeconds} seconds.", inner: error);
                case HttpRequestException or IOException:
                    throw new TransientException($"The download broke off: {error.Message}", inner: error);
                default:
                    throw;
            }
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
            var charset = name ?? "iso-8859-1";
            var encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
            return encoding.CodePage == Encoding.UTF8.CodePage ? null : encoding;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
