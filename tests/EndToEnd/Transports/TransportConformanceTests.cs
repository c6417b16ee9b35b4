// Every property on every transport, and the table of what was seen.
using System.Collections.Concurrent;
using System.Text;
using IntelMq.Servers.Tests;

namespace IntelMq.EndToEnd.Tests.Transports;

/// <summary>
/// What is seen on one transport after the other is compared with the table in docs/hosting.md; UPDATE=1 writes the table. What cannot run on a machine is
/// skipped with the reason, and its line in the table is left as it is.
/// </summary>
public sealed class TransportConformanceTests(LocalRabbitMq rabbit)
{
    private const string Begin = "<!-- transports: written by the conformance suite (tests/EndToEnd/Transports) -->\n";
    private const string End = "<!-- end of transports -->\n";

    private static readonly (string Name, Func<TransportSubject, Task<string>> Look)[] s_properties =
    [
        ("a failed message", TransportProperties.AtLeastOnceAsync),
        ("order", TransportProperties.OrderAsync),
        ("size of a frame", TransportProperties.SizeLimitAsync),
        ("a message on which every call fails", TransportProperties.PoisonAsync),
        ("a killed host", TransportProperties.KillAsync),
        ("a sink that is down", TransportProperties.ParkingAsync),
    ];

    private static readonly ConcurrentDictionary<string, Lock> s_page = new(StringComparer.Ordinal);

    /// <summary>The transports.</summary>
    public static TheoryData<string> Transports => new(TransportSubject.Names);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_transport_has_the_properties_of_the_page(string name)
    {
        await using var subject = await TransportSubject.StartAsync(name, rabbit, Cancellation);
        var seen = await LookAsync(subject);
        var line = $"| `{name}` | {string.Join(" | ", seen)} |";
        TestContext.Current.SendDiagnosticMessage(line);
        var path = Command.InCheckout("docs", "hosting.md");
        lock (s_page.GetOrAdd(path, _ => new Lock()))
        {
            var page = File.ReadAllText(path);
            var (start, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
            Assert.True(start >= Begin.Length && end >= start, $"docs/hosting.md has no place for the table: '{Begin.Trim()}' and '{End.Trim()}'.");
            var table = Table(page[start..end], name, line);
            if (Environment.GetEnvironmentVariable("UPDATE") == "1")
            {
                File.WriteAllText(path, page[..start] + table + page[end..]);
            }
            else
            {
                Assert.Equal(table, page[start..end]);
            }
        }
    }

    /// <summary>What is seen of each property, in the order of the table's columns.</summary>
    internal static async Task<List<string>> LookAsync(TransportSubject subject)
    {
        var seen = new List<string>();
        foreach (var (property, look) in s_properties)
        {
            try
            {
                seen.Add(await look(subject));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                throw new InvalidOperationException($"{subject.Name}, {property}: {error.Message}", error);
            }
        }

        return seen;
    }

    // The table with the line of one transport put in.
    private static string Table(string old, string name, string line)
    {
        var lines = old.Split('\n').Where(text => text.StartsWith("| `", StringComparison.Ordinal)).ToDictionary(text => text.Split('`')[1], StringComparer.Ordinal);
        lines[name] = line;
        var table = new StringBuilder();
        table.Append("| transport | ").AppendJoin(" | ", s_properties.Select(property => property.Name)).Append(" |\n");
        table.Append("|---").Insert(table.Length, "|---", s_properties.Length).Append("|\n");
        foreach (var known in TransportSubject.Names.Where(lines.ContainsKey))
        {
            table.Append(lines[known]).Append('\n');
        }

        return table.ToString();
    }
}
