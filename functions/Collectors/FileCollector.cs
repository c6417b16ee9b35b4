// Files of a folder.
using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Collectors;

/// <summary>Fetches the files of a folder whose names end in a given way. Files that another process has locked are left for later.</summary>
[Bot("intelmq.bots.collectors.file.collector_file", "Fetches files from a folder, whole or in chunks.", Sets = ["feed.url", "extra.file_name", "raw"])]
public sealed class FileCollector : CollectorBot<FileCollector.FileParameters>
{
    /// <summary>The parameters.</summary>
    public sealed record FileParameters : CollectorParameters
    {
        /// <inheritdoc/>
        public override int RateLimit { get; init; } = 300;

        /// <summary>See the attribute.</summary>
        [Parameter("The folder. Its sub-folders are not looked into.", Required = true, Path = PathUse.ReadFolder)]
        public string Path { get; init; } = "";

        /// <summary>See the attribute.</summary>
        [Parameter("How the names of the files end; * stands for any text and ? for one character.", Example = ".csv")]
        public string Postfix { get; init; } = ".csv";

        /// <summary>See the attribute.</summary>
        [Parameter("Delete a file when its reports are queued.")]
        public bool DeleteFile { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("Cut files into reports of about that many bytes, at line ends; without it a file is one report.", Minimum = 1)]
        public int? ChunkSize { get; init; }

        /// <summary>See the attribute.</summary>
        [Parameter("Repeat the first line of a file at the beginning of every chunk.")]
        public bool ChunkReplicateHeader { get; init; } = true;

        /// <inheritdoc/>
        public override IEnumerable<string> Validate() => DeleteFile && Postfix.Length == 0
            ? ["'delete_file' with an empty 'postfix' would delete every file of the folder. Give a postfix."]
            : [];
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<CollectedReport> CollectAsync(CollectorRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var file in Context.Files.ListAsync(Parameters.Path, cancellation))
        {
            if (!FileSystemName.MatchesSimpleExpression("*" + Parameters.Postfix, file.Name, ignoreCase: false))
            {
                continue;
            }

            await foreach (var report in ReportsOfAsync(file, cancellation))
            {
                yield return report;
            }
        }
    }

    private async IAsyncEnumerable<CollectedReport> ReportsOfAsync(FileEntry file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (Parameters.ChunkSize is not { } size)
        {
            yield return Report(file, file.Name, async token => await OpenAsync(file, token), isLast: true);
            yield break;
        }

        if (await OpenAsync(file, cancellation) is not { } stream)
        {
            yield break;
        }

        await using (stream)
        {
            using var chunks = new FileChunks(stream, size, Parameters.ChunkReplicateHeader);
            var next = await chunks.NextAsync(cancellation);
            for (var number = 0; next is not null; number++)
            {
                var chunk = next;
                next = await chunks.NextAsync(cancellation);
                if (next is null)
                {
                    // The last report may delete the file, which must not be open then.
                    await stream.DisposeAsync();
                }

                yield return Report(file, $"{file.Name}#{number}", _ => ValueTask.FromResult<Stream?>(new MemoryStream(chunk, writable: false)), isLast: next is null);
            }
        }
    }

    private async ValueTask<Stream?> OpenAsync(FileEntry file, CancellationToken cancellation)
    {
        try
        {
            return await Context.Files.OpenReadAsync(file.Path, exclusive: true, cancellation);
        }
        catch (FileNotFoundException)
        {
            // It went away since the folder was read: somebody else took it.
            return null;
        }
    }

    private CollectedReport Report(FileEntry file, string source, Func<CancellationToken, ValueTask<Stream?>> open, bool isLast)
    {
        var report = NewReport();
        report.Add(Fields.Feed.Url, "file://localhost" + file.Path);
        report.Add("extra.file_name", file.Name);
        var locked = false;
        return new CollectedReport
        {
            // The time makes a file that was replaced between two attempts another source.
            Source = $"{source} {file.Modified.UtcTicks}",
            Report = report,
            OpenRaw = async token =>
            {
                var stream = await open(token);
                locked = stream is null;
                return stream;
            },
            Queued = Parameters.DeleteFile && isLast ? token => locked ? ValueTask.CompletedTask : Context.Files.DeleteAsync(file.Path, token) : null,
        };
    }
}
