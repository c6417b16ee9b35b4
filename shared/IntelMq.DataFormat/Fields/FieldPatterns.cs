// The patterns that fields must match.
namespace IntelMq.DataFormat;

/// <summary>The patterns of the fields of the data format.</summary>
internal static class FieldPatterns
{
    public static FieldPattern CountryCode { get; } = new("^[a-zA-Z0-9]{2}$", IsTwoLettersOrDigits);

    public static FieldPattern NoFinalDot { get; } = new(@"^.*[^\.]$", EndsWithoutDot);

    public static FieldPattern Printable { get; } = new("^[ -~]+$", IsPrintable);

    public static FieldPattern Uuid { get; } = new("^[a-z0-9]{8}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{12}$");

    public static FieldPattern EventHash { get; } = new("^[A-F0-9./]+$");

    /// <summary>The protocols of IANA's list of assigned internet protocol numbers, by name.</summary>
    public static FieldPattern Transport { get; } = new(
        @"^(ip|icmp|igmp|ggp|ipencap|st2|tcp|cbt|egp|igp|bbn-rcc|nvp(-ii)?|pup|argus|emcon|xnet|chaos|udp|mux|dcn|hmp|prm|xns-idp|trunk-1|trunk-2|leaf-1|leaf-2|rdp|irtp|iso-tp4|netblt|mfe-nsp|merit-inp|sep|3pc|idpr|xtp|ddp|idpr-cmtp|tp\+\+|il|ipv6|sdrp|ipv6-route|ipv6-frag|idrp|rsvp|gre|mhrp|bna|esp|ah|i-nlsp|swipe|narp|mobile|tlsp|skip|ipv6-icmp|ipv6-nonxt|ipv6-opts|cftp|sat-expak|kryptolan|rvd|ippc|sat-mon|visa|ipcv|cpnx|cphb|wsn|pvp|br-sat-mon|sun-nd|wb-mon|wb-expak|iso-ip|vmtp|secure-vmtp|vines|ttp|nsfnet-igp|dgp|tcf|eigrp|ospf|sprite-rpc|larp|mtp|ax.25|ipip|micp|scc-sp|etherip|encap|gmtp|ifmp|pnni|pim|aris|scps|qnx|a/n|ipcomp|snp|compaq-peer|ipx-in-ip|vrrp|pgm|l2tp|ddx|iatp|st|srp|uti|smp|sm|ptp|isis|fire|crtp|crdup|sscopmce|iplt|sps|pipe|sctp|fc|divert)$",
        IsEverydayTransport,
        ignoreCase: true);

    // What feeds usually deliver is seen without the expression, which costs ten times as much.
    private static bool IsTwoLettersOrDigits(string text) => text.Length == 2 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[1]);

    private static bool EndsWithoutDot(string text) => text.Length > 0 && text[^1] != '.' && !text.Contains('\n', StringComparison.Ordinal);

    private static bool IsPrintable(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;

    private static bool IsEverydayTransport(string text) => text is "tcp" or "udp" or "icmp";
}
