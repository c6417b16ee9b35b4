// What a failed storage call means.
using System.Globalization;
using Azure;
using Azure.Identity;
using IntelMq.Bots;

namespace IntelMq.Azure;

/// <summary>
/// Runs storage calls and tells the failures of the service apart from its answers: a service that is down, throttles, or does not let us in is a
/// <see cref="TransientException"/>; "not found", "exists already" and "was changed" stay what they are, for the caller to understand.
/// </summary>
internal static class StorageFailure
{
    /// <summary>Runs a call.</summary>
    /// <param name="what">What cannot be done when it fails, as the first half of a sentence.</param>
    /// <param name="call">The call; may be repeated.</param>
    /// <param name="create">Makes the table or container where there is none.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async ValueTask<T> GuardAsync<T>(string what, Func<Task<T>> call, Func<Task>? create, CancellationToken cancellation)
    {
        try
        {
            try
            {
                return await call();
            }
            catch (RequestFailedException error) when (create is not null && IsHomeless(error))
            {
                await create();
                return await call();
            }
        }
        catch (Exception error) when (IsOutside(error, cancellation))
        {
            throw Told(what, error);
        }
    }

    /// <summary>Goes through a listing.</summary>
    public static async IAsyncEnumerable<T> GuardEachAsync<T>(
        string what, IAsyncEnumerable<T> items, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var each = items.GetAsyncEnumerator(cancellation);
        while (await GuardAsync(what, () => each.MoveNextAsync().AsTask(), null, cancellation))
        {
            yield return each.Current;
        }
    }

    /// <summary>Whether a container or table does not exist.</summary>
    public static bool IsHomeless(RequestFailedException error) => error is { Status: 404, ErrorCode: "ContainerNotFound" or "TableNotFound" };

    /// <summary>How long the service wants to be left alone; null where it does not say.</summary>
    public static TimeSpan? RetryAfter(Response response)
    {
        foreach (var name in (string[])["retry-after-ms", "x-ms-retry-after-ms"])
        {
            if (response.Headers.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds))
            {
                return TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, 86_400_000));
            }
        }

        if (!response.Headers.TryGetValue("Retry-After", out var value))
        {
            return null;
        }

        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400));
        }

        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then) && response.Headers.Date is { } now && then > now
            ? then - now
            : null;
    }

    private static bool IsOutside(Exception error, CancellationToken cancellation) => error switch
    {
        // "Being deleted" is an answer of seconds; 0 is no answer at all.
        RequestFailedException { Status: 0 or 401 or 403 or 408 or 429 or >= 500 } => true,
        RequestFailedException { Status: 409, ErrorCode: "ContainerBeingDeleted" or "TableBeingDeleted" or "QueueBeingDeleted" } => true,
        OperationCanceledException => !cancellation.IsCancellationRequested,
        AggregateException all => all.InnerExceptions.All(inner => IsOutside(inner, cancellation)),
        AuthenticationFailedException or IOException or HttpRequestException => true,
        _ => false,
    };

    private static TransientException Told(string what, Exception error) => error switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Told(what, last),
        RequestFailedException { Status: 401 or 403 } refused => new TransientException(
            $"{what}: the storage account refuses it ({refused.ErrorCode ?? refused.Status.ToString(CultureInfo.InvariantCulture)}). Give the app's identity the data roles of the account "
            + "('Storage Blob Data Contributor', 'Storage Table Data Contributor', 'Storage Queue Data Contributor') and let its network in. New roles take some minutes to count.",
            inner: error),
        RequestFailedException { Status: > 0 } failed => new TransientException(
            $"{what}: the storage account answers {failed.Status} ({failed.ErrorCode ?? "no reason given"}).", failed.GetRawResponse() is { } response ? RetryAfter(response) : null, error),
        AuthenticationFailedException => new TransientException($"{what}: there is no identity to ask the storage account with ({FirstLine(error)}).", inner: error),
        OperationCanceledException => new TransientException($"{what}: the storage account does not answer in time.", inner: error),
        _ => new TransientException($"{what}: the storage account cannot be reached ({FirstLine(error)}).", inner: error),
    };

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].TrimEnd('\r', '.', ' ');
}
