// The input of the end-to-end benchmark: twenty columns, some three hundred bytes a row.
using System.Globalization;
using System.Text;

namespace IntelMq.Benchmarks;

/// <summary>
/// Makes a CSV feed of the shape that the IntelMQ baseline was measured with: every tenth row repeats the row five before it, a sixteenth of the
/// rows is from the country that the filter drops, a tenth of the addresses is IPv6. The same rows for the same seed on every machine.
/// </summary>
internal sealed class BenchmarkInput(ulong seed = 20240601)
{
    public const string FilteredCountry = "RU";

    public static readonly string[] Columns =
    [
        "time.source", "source.ip", "source.port", "source.asn", "source.as_name", "source.geolocation.cc", "source.network", "source.url",
        "source.reverse_dns", "protocol.transport", "protocol.application", "classification.type", "classification.identifier", "malware.name",
        "destination.ip", "destination.port", "event_description.text", "extra.tag", "extra.severity", "extra.banner",
    ];

    private static readonly string[] s_types =
        ["infected-system", "c2-server", "phishing", "scanner", "brute-force", "vulnerable-system", "malware-distribution", "spam", "ddos", "blacklist", "exploit", "other"];

    private static readonly string[] s_countries = ["AT", "DE", "CH", "FR", "IT", "ES", "PL", "CZ", "NL", "BE", "SE", "US", "CN", "RU", "BR", "JP"];
    private static readonly string[] s_malware = ["zeus", "mirai", "qakbot", "emotet", "conficker", "andromeda", "necurs", "trickbot"];
    private static readonly string[] s_applications = ["http", "https", "ssh", "telnet", "smtp", "rdp", "ftp", "dns"];
    private static readonly string[] s_networks =
        ["EXAMPLE-AS Example Networks GmbH", "ACME-NET, Inc.", "UNIV-TEST Test University", "CLOUD-EX Cloud Hosting, LLC", "TELCO-EX Telco Example AG", "CABLE-EX"];

    private static readonly string[] s_severities = ["low", "medium", "high", "critical"];
    private static readonly int[] s_octets = [5, 31, 45, 62, 77, 81, 91, 109, 141, 178, 185, 193, 195, 212];
    private static readonly int[] s_ports = [22, 23, 25, 80, 443, 3389, 8080];

    private ulong _state = unchecked((seed * 2862933555777941757UL) + 3037000493UL);

    /// <summary>Makes other columns of the twenty; they must tell rows apart as those do.</summary>
    public Func<string[], string[]> Reshape { get; init; } = cells => cells;

    /// <summary>Writes the feed and gives the number of rows that pass deduplicator and filter.</summary>
    public int Write(string path, int rows)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        file.WriteLine(string.Join(',', Columns));
        var recent = new Queue<string>();
        var kept = 0;
        for (var i = 0; i < rows; i++)
        {
            if (i % 10 == 9)
            {
                file.WriteLine(recent.ElementAt(recent.Count - 5));
                continue;
            }

            var (row, country) = Row(i);
            kept += country == FilteredCountry ? 0 : 1;
            recent.Enqueue(row);
            if (recent.Count > 20)
            {
                recent.Dequeue();
            }

            file.WriteLine(row);
        }

        return kept;
    }

    private (string Row, string Country) Row(int i)
    {
        var time = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(i).ToString("yyyy-MM-dd'T'HH:mm:ss'+00:00'", CultureInfo.InvariantCulture);
        var ip = Next(10) > 0 ? Address() : $"2001:db8:{Next(65536):x}:{Next(65536):x}::{1 + Next(65535):x}";
        var network = ip.Contains('.', StringComparison.Ordinal) ? ip[..ip.LastIndexOf('.')] + ".0/24" : string.Join(':', ip.Split(':')[..4]) + "::/64";
        var host = $"{Pick("www", "mail", "cdn", "host", "dl")}{Next(1000)}.example{Next(5000)}.{Pick("com", "net", "org", "at", "de")}";
        var url = $"{Pick("http", "https")}://{host}{Pick("", "", ":8080")}/{Pick("a", "wp-content", "login", "gate")}/{Pick("x.php", "index.html", "bin.sh", "mal.exe")}?id={Next(100000)}";
        var country = Pick(s_countries);
        string[] cells =
        [
            time, ip, Text(1024 + Next(64000)), Text(1000 + Next(60000)), Pick(s_networks), country, network, url,
            Next(4) > 0 ? $"rdns{Next(100000)}.isp{Next(200)}.example.net" : "", Next(5) > 0 ? "tcp" : "udp", Pick(s_applications), Pick(s_types),
            $"ident-{Next(50)}", Next(3) > 0 ? Pick(s_malware) : "", Address(), Text(s_ports[Next(s_ports.Length)]),
            $"Seen {1 + Next(500)} times, last by sensor \"s{Next(40)}\"", $"tag{Next(30)};{Pick("x", "y", "z")}", Pick(s_severities),
            Next(2) > 0 ? $"SSH-2.0-OpenSSH_{Next(9)}.{Next(10)}" : $"|MikroTik v6.{Next(50)}|Login:",
        ];
        return (string.Join(',', Reshape(cells).Select(Quoted)), country);
    }

    private string Address() => $"{s_octets[Next(s_octets.Length)]}.{Next(256)}.{Next(256)}.{1 + Next(254)}";

    private string Pick(params string[] choices) => choices[Next(choices.Length)];

    private int Next(int bound)
    {
        _state = unchecked((_state * 6364136223846793005UL) + 1442695040888963407UL);
        return (int)((_state >> 33) % (ulong)bound);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
