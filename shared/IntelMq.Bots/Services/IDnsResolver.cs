// DNS as bots see it.
using System.Net;

namespace IntelMq.Bots;

/// <summary>DNS look-ups. A name that does not exist gives an empty list; a resolver that does not answer is a <see cref="TransientException"/>.</summary>
public interface IDnsResolver
{
    /// <summary>The addresses of a host name, IPv4 first.</summary>
    ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellation);

    /// <summary>The names that an address points to (PTR).</summary>
    ValueTask<IReadOnlyList<string>> NamesAsync(IPAddress address, CancellationToken cancellation);

    /// <summary>The TXT records of a name, each with its parts joined.</summary>
    ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation);
}
