// DNS look-ups through the resolvers of this machine.
using System.Net;
using DnsClient;
using DnsClient.Protocol;
using IntelMq.Bots;

namespace IntelMq.Stores;

/// <summary>DNS look-ups. Answers are cached as long as their TTL says.</summary>
public sealed class DnsResolver : IDnsResolver
{
    // Made when it is first asked: it looks for the resolvers of the machine, and most pipelines ask nothing.
    private readonly Lazy<ILookupClient> _client;

    /// <summary>Look-ups through the machine's resolvers, or through the given one.</summary>
    public DnsResolver(IPEndPoint? server = null) => _client = new Lazy<ILookupClient>(() => Client(server));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellation)
    {
        var answers = new List<DnsResourceRecord>(await AskAsync(name, QueryType.A, cancellation));
        answers.AddRange(await AskAsync(name, QueryType.AAAA, cancellation));
        return answers.OfType<AddressRecord>().Select(record => record.Address).ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> NamesAsync(IPAddress address, CancellationToken cancellation)
    {
        var answers = await AskAsync(address.GetArpaName(), QueryType.PTR, cancellation);
        return answers.OfType<PtrRecord>().Select(record => record.PtrDomainName.Value.TrimEnd('.')).ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) =>
        (await AskAsync(name, QueryType.TXT, cancellation)).OfType<TxtRecord>().Select(record => string.Concat(record.Text)).ToArray();

    private static LookupClient Client(IPEndPoint? server)
    {
        var options = server is null ? new LookupClientOptions() : new LookupClientOptions(server);
        options.UseCache = true;
        options.Timeout = TimeSpan.FromSeconds(5);
        options.Retries = 1;
        options.ThrowDnsErrors = false;
        return new LookupClient(options);
    }

    private async Task<IReadOnlyList<DnsResourceRecord>> AskAsync(string name, QueryType type, CancellationToken cancellation)
    {
        try
        {
            var response = await _client.Value.QueryAsync(name, type, cancellationToken: cancellation);
            return response.HasError && response.Header.ResponseCode is not (DnsHeaderResponseCode.NotExistentDomain or DnsHeaderResponseCode.NoError)
                ? throw new TransientException($"The resolver answers '{response.Header.ResponseCode}' for '{name}'.")
                : response.Answers;
        }
        catch (DnsResponseException error)
        {
            throw new TransientException($"The resolver does not answer for '{name}': {error.Message}", inner: error);
        }
    }
}
