// Dead letters as blobs.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IntelMq.Runtime;

namespace IntelMq.Azure;

/// <summary>
/// A blob of JSON per dead letter, named by its id; what lists are ordered and chosen by stands beside it as metadata. The blobs are all there is:
/// nothing can fall apart. Made for the thousands of letters that people look through, not for millions.
/// </summary>
/// <param name="service">The blob service.</param>
/// <param name="container">The container; made on demand.</param>
public sealed partial class BlobDeadLetterStore(BlobServiceClient service, string container) : IDeadLetterStore
{
    private const string Suffix = ".json";
    private const string Bot = "bot";
    private const string Time = "time";
    private const int AtOnce = 8;

    private readonly BlobContainerClient _container = service.GetBlobContainerClient(container);

    /// <inheritdoc/>
    public async ValueTask AddAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellation) =>
        await Parallel.ForEachAsync(
            letters.GroupBy(letter => letter.Id).Select(same => same.Last()),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (letter, token) =>
            {
                // Metadata travels as HTTP headers, which take no other letters.
                var metadata = new Dictionary<string, string>
                {
                    [Bot] = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(letter.BotId)),
                    [Time] = letter.Time.UtcTicks.ToString(CultureInfo.InvariantCulture),
                };
                using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(letter, Json.Default.DeadLetter));
                await BlockUpload.WriteAsync("A dead letter cannot be kept", _container, NameOf(letter.Id), json, metadata, token);
            });

    /// <inheritdoc/>
    public IAsyncEnumerable<DeadLetter> ListAsync(string? bot, CancellationToken cancellation) => ReadAsync(null, bot, cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<DeadLetter> FindAsync(string idPrefix, CancellationToken cancellation) =>

        // Ids are hexadecimal: another text is the beginning of none, and need not be sent.
        idPrefix.All(c => char.IsAsciiHexDigit(c) || c == '-') ? ReadAsync(idPrefix.ToLowerInvariant(), null, cancellation) : AsyncEnumerable.Empty<DeadLetter>();

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(CancellationToken cancellation) => (await NamesAsync(BlobTraits.None, null, cancellation)).Count;

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(Guid id, CancellationToken cancellation) =>
        await StorageFailure.GuardAsync("A dead letter cannot be deleted", () => _container.GetBlobClient(NameOf(id)).DeleteIfExistsAsync(cancellationToken: cancellation), null, cancellation);

    private static string NameOf(Guid id) => id.ToString("D") + Suffix;

    private static string BotOf(BlobItem blob) => blob.Metadata.TryGetValue(Bot, out var hex) ? Encoding.UTF8.GetString(Convert.FromHexString(hex)) : "";

    private static long TimeOf(BlobItem blob) =>
        blob.Metadata.TryGetValue(Time, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) ? ticks : 0;

    private async IAsyncEnumerable<DeadLetter> ReadAsync(string? prefix, string? bot, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var blobs = (await NamesAsync(BlobTraits.Metadata, prefix, cancellation))
            .Where(blob => bot is null || BotOf(blob) == bot)
            .Select(blob => (Time: TimeOf(blob), blob.Name))
            .Order();
        foreach (var (_, name) in blobs)
        {
            if (await LetterAsync(name, cancellation) is { } letter)
            {
                yield return letter;
            }
        }
    }

    private async ValueTask<List<BlobItem>> NamesAsync(BlobTraits traits, string? prefix, CancellationToken cancellation)
    {
        var names = new List<BlobItem>();
        try
        {
            var blobs = _container.GetBlobsAsync(new GetBlobsOptions { Traits = traits, Prefix = prefix }, cancellation);
            await foreach (var blob in StorageFailure.GuardEachAsync("The dead letters cannot be listed", blobs, cancellation))
            {
                names.Add(blob);
            }
        }
        catch (RequestFailedException error) when (StorageFailure.IsHomeless(error))
        {
            // No container, no dead letters.
        }

        return names;
    }

    private async ValueTask<DeadLetter?> LetterAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await using var stream = (await BlobReadStream.OpenAsync("A dead letter cannot be read", _container.GetBlobClient(name), exclusive: false, cancellation))!;
            return await JsonSerializer.DeserializeAsync(stream, Json.Default.DeadLetter, cancellation);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // Somebody retried or deleted it since the list was made.
            return null;
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(DeadLetter))]
    private sealed partial class Json : JsonSerializerContext;
}
