// intelmq.bots.experts.url2fqdn.expert: the host of a URL.
using System.Buffers;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace IntelMq.Experts;

/// <summary>The parameters of <see cref="Url2FqdnExpert"/>.</summary>
public sealed record Url2FqdnParameters : ExpertParameters
{
    /// <summary>See the attribute.</summary>
    [Parameter("Replace a domain name or an address that is already there.")]
    public bool Overwrite { get; init; }
}

/// <summary>Sets <c>source.fqdn</c> (or <c>source.ip</c>, where the host is an address) by <c>source.url</c>; the same for the destination.</summary>
[Bot("intelmq.bots.experts.url2fqdn.expert", "Takes the domain name, or the address, from the URL. The expert 'url' does this and more.",
    Reads = ["source.url", "destination.url"], Sets = ["source.fqdn", "source.ip", "destination.fqdn", "destination.ip"], Fusible = true)]
public sealed class Url2FqdnExpert : EventExpertBot<Url2FqdnParameters>
{
    private const int LongestOnStack = 512;

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        Set(input, Fields.Source.Url, Fields.Source.Fqdn, Fields.Source.Ip);
        Set(input, Fields.Destination.Url, Fields.Destination.Fqdn, Fields.Destination.Ip);
        outbox.Send(input, input);
    }

    private void Set(Event input, Field url, Field fqdn, Field ip)
    {
        var value = input[url];
        if (value.IsMissing)
        {
            return;
        }

        // The URL itself is never made a string: only its host becomes one.
        Span<char> onStack = stackalloc char[LongestOnStack];
        ReadOnlySpan<char> text = value.TryGetPlainUtf8(out var utf8) && utf8.Length <= LongestOnStack && Ascii.ToUtf16(utf8, onStack, out var length) == OperationStatus.Done
            ? onStack[..length]
            : value.AsText();
        if (!Url.TrySplit(text, out var parts))
        {
            return;
        }

        var host = new UrlHost(parts.Authority);
        var field = host.IsAddress ? ip : fqdn;
        if (!host.Name.IsEmpty && (Parameters.Overwrite || !input.Contains(field)))
        {
            input.Add(field, host.Name.ToString(), AddOptions.Overwrite | AddOptions.RefuseUnfit);
        }
    }
}
