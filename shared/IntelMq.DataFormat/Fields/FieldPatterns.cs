// The patterns that fields must match.
using System.Text.RegularExpressions;

namespace IntelMq.DataFormat;

/// <summary>Patterns of fields. They never backtrack, so hostile values cannot make them slow.</summary>
internal static class FieldPatterns
{
    public static Regex CountryCode { get; } = Compile("^[a-zA-Z0-9]{2}$");

    public static Regex NoFinalDot { get; } = Compile(@"^.*[^\.]$");

    public static Regex Printable { get; } = Compile("^[ -~]+$");

    public static Regex Uuid { get; } = Compile("^[a-z0-9]{8}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{12}$");

    public static Regex EventHash { get; } = Compile("^[A-F0-9./]+$");

    /// <summary>The protocols of IANA's list of assigned internet protocol numbers, by name.</summary>
    public static Regex Transport { get; } = Compile(
        @"^(ip|icmp|igmp|ggp|ipencap|st2|tcp|cbt|egp|igp|bbn-rcc|nvp(-ii)?|pup|argus|emcon|xnet|chaos|udp|mux|dcn|hmp|prm|xns-idp|trunk-1|trunk-2|leaf-1|leaf-2|rdp|irtp|iso-tp4|netblt|mfe-nsp|merit-inp|sep|3pc|idpr|xtp|ddp|idpr-cmtp|tp\+\+|il|ipv6|sdrp|ipv6-route|ipv6-frag|idrp|rsvp|gre|mhrp|bna|esp|ah|i-nlsp|swipe|narp|mobile|tlsp|skip|ipv6-icmp|ipv6-nonxt|ipv6-opts|cftp|sat-expak|kryptolan|rvd|ippc|sat-mon|visa|ipcv|cpnx|cphb|wsn|pvp|br-sat-mon|sun-nd|wb-mon|wb-expak|iso-ip|vmtp|secure-vmtp|vines|ttp|nsfnet-igp|dgp|tcf|eigrp|ospf|sprite-rpc|larp|mtp|ax.25|ipip|micp|scc-sp|etherip|encap|gmtp|ifmp|pnni|pim|aris|scps|qnx|a/n|ipcomp|snp|compaq-peer|ipx-in-ip|vrrp|pgm|l2tp|ddx|iatp|st|srp|uti|smp|sm|ptp|isis|fire|crtp|crdup|sscopmce|iplt|sps|pipe|sctp|fc|divert)$",
        RegexOptions.IgnoreCase);

    /// <summary>Whether a text fits a pattern. What feeds usually deliver is seen without the expression, which costs ten times as much.</summary>
    public static bool Matches(Regex pattern, string text) => LooksUsual(pattern, text) || pattern.IsMatch(text);

    private static bool LooksUsual(Regex pattern, string text) =>
        ReferenceEquals(pattern, CountryCode) ? text.Length == 2 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[1])
        : ReferenceEquals(pattern, NoFinalDot) ? text.Length > 0 && text[^1] != '.' && !text.Contains('\n', StringComparison.Ordinal)
        : ReferenceEquals(pattern, Printable) ? text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0
        : ReferenceEquals(pattern, Transport) && text is ("tcp" or "udp" or "icmp");

    /// <summary>Compiles a pattern with the safety limits of the data format.</summary>
    public static Regex Compile(string pattern, RegexOptions options = RegexOptions.None) =>
        new(pattern, options | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
