// What compose.yaml has to be: closed to other machines, the same every time, and what a compiled folder expects.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IntelMq.EndToEnd.Tests.Transports;
using IntelMq.Pipeline;

namespace IntelMq.EndToEnd.Tests.Docker;

public sealed partial class ComposeTests
{
    private static readonly ComposeFile s_file = ComposeFile.Read();

    public static TheoryData<string> Transports => [.. ComposeFile.Brokers.Keys];

    [GeneratedRegex(@"^[a-z0-9./-]+:\d[\w.-]*\.\w[\w.-]*$|^[a-z0-9./-]+:\d{4}-CU\d+-[\w.-]+$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"localhost:(\d+)")]
    private static partial Regex LocalPort();

    // What is wrong with a file, in sentences.
    private static IEnumerable<string> Breaches(ComposeFile file)
    {
        foreach (var service in file.Services.Values)
        {
            foreach (var port in service.Ports.Where(port => port.Address != "127.0.0.1"))
            {
                yield return $"{service.Name}: the port {port.Host} is open to other machines.";
            }

            if (!Pinned().IsMatch(service.Image))
            {
                yield return $"{service.Name}: '{service.Image}' is another image tomorrow.";
            }

            // An image without a shell is asked by a service that has one.
            var asked = service.Health ?? file.Services.GetValueOrDefault(service.Name + "-health")?.Health?.Where(word => word.Contains($"//{service.Name}:", StringComparison.Ordinal)).ToArray();
            if (asked is not { Count: > 0 })
            {
                yield return $"{service.Name}: nobody can tell when it is ready.";
            }

            foreach (var missing in service.DependsOn.Where(name => !file.Services.TryGetValue(name, out var other) || other.Profiles.Except(service.Profiles).Any()))
            {
                yield return $"{service.Name}: '{missing}' does not start with it.";
            }

            if (service.Environment.TryGetValue("ACCEPT_EULA", out var consent) && consent != "${ACCEPT_EULA:-N}")
            {
                yield return $"{service.Name}: whether the licence terms are accepted is the user's word.";
            }
        }

        foreach (var shared in file.Services.Values.SelectMany(service => service.Ports).GroupBy(port => port.Host).Where(ports => ports.Count() > 1))
        {
            yield return $"Two services want the port {shared.Key}.";
        }
    }

    [Fact]
    public void The_file_keeps_the_rules() => Assert.Empty(Breaches(s_file));

    [Theory]
    [InlineData("\"127.0.0.1:9092:9092\"", "\"0.0.0.0:9092:9092\"", "kafka: the port 9092 is open to other machines.")]
    [InlineData("azurite:3.37.0\n    command", "azurite:latest\n    command", "azurite: 'mcr.microsoft.com/azure-storage/azurite:latest' is another image tomorrow.")]
    [InlineData("apache/kafka:4.3.1", "apache/kafka:4", "kafka: 'apache/kafka:4' is another image tomorrow.")]
    [InlineData("test: [CMD, rabbitmq-diagnostics, -q, check_port_connectivity]", "test: []", "rabbitmq: nobody can tell when it is ready.")]
    [InlineData("http://event-hubs:5300/health", "http://localhost:5300/health", "event-hubs: nobody can tell when it is ready.")]
    [InlineData("127.0.0.1:5673:5672", "127.0.0.1:5672:5672", "Two services want the port 5672.")]
    [InlineData("${ACCEPT_EULA:-N}\n      BLOB", "Y\n      BLOB", "event-hubs: whether the licence terms are accepted is the user's word.")]
    [InlineData("profiles: [service-bus]\n    image: mcr.microsoft.com/mssql", "profiles: [sql]\n    image: mcr.microsoft.com/mssql", "service-bus: 'service-bus-sql' does not start with it.")]
    public void A_breach_is_noticed(string text, string instead, string expected)
    {
        var yaml = File.ReadAllText(ComposeFile.Location);
        Assert.Contains(text, yaml, StringComparison.Ordinal);
        Assert.Contains(expected, Breaches(ComposeFile.Parse(yaml.Replace(text, instead, StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_transport_has_its_broker_under_its_name()
    {
        Assert.Equal(AppCompiler.Transports.Except(["sqlite"]).Order(), ComposeFile.Brokers.Keys.Order());
        foreach (var (transport, (service, _)) in ComposeFile.Brokers)
        {
            Assert.Equal(transport == "storage-queue" ? [] : [transport], s_file.Services[service].Profiles);
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void The_connection_of_a_compiled_folder_leads_to_the_broker(string transport)
    {
        using var command = new Command();
        var (name, setting) = ComposeFile.Brokers[transport];
        var connection = SettingOf(TransportSubject.Compile(command, transport), setting);

        // The storage clients know the ports of the development storage by heart.
        int[] wanted = connection == "UseDevelopmentStorage=true"
            ? [10000, 10001, 10002]
            : LocalPort().Matches(connection).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();
        Assert.NotEmpty(wanted);
        var inside = s_file.Services[name].Ports.ToDictionary(port => port.Host, port => port.Container);
        int[] own = transport switch
        {
            "storage-queue" => wanted,
            "kafka" => [9092],
            _ => [5672],
        };
        Assert.Equal(own, wanted.Select(port => inside.GetValueOrDefault(port)));
    }

    [Theory]
    [InlineData("service-bus")]
    [InlineData("event-hubs")]
    public void An_emulator_reads_the_file_that_compile_writes(string transport)
    {
        using var command = new Command();
        var compiled = TransportSubject.Compile(command, transport);
        var (source, _) = Assert.Single(s_file.Services[transport].Files);
        Assert.StartsWith("${INTELMQ_APP:-../app}/", source, StringComparison.Ordinal);
        var file = Assert.Single(compiled.Files, file => source.EndsWith("/" + file.Path, StringComparison.Ordinal));
        var user = JsonNode.Parse(file.Content.Span)!["UserConfig"]!;
        var entities = user[transport == "service-bus" ? "Namespaces" : "NamespaceConfig"]![0]![transport == "service-bus" ? "Queues" : "Entities"]!.AsArray();
        Assert.Equal(compiled.App.Queues.Select(queue => queue.Entity), entities.Select(entity => entity!["Name"]!.GetValue<string>()));
    }

    [Fact]
    public void Azurite_is_that_of_the_package()
    {
        var version = JsonNode.Parse(File.ReadAllText(Command.InCheckout("local-emulators", "package.json")))!["dependencies"]!["azurite"]!.GetValue<string>();
        var image = s_file.Services["azurite"].Image;
        Assert.Equal("mcr.microsoft.com/azure-storage/azurite:" + version, image);
        Assert.All(s_file.Services.Values.Where(service => service.Name.EndsWith("-health", StringComparison.Ordinal)), service => Assert.Equal(image, service.Image));
    }

    [Fact]
    public async Task Compose_itself_reads_the_file()
    {
        Assert.SkipUnless(await RunAsync("compose", "version") is (0, _), "The docker client has no 'compose': only what the other tests see of compose.yaml is checked.");
        string[] profiles = [.. ComposeFile.Brokers.Keys.SelectMany(transport => new[] { "--profile", transport })];
        var (exitCode, said) = await RunAsync(["compose", "-f", ComposeFile.Location, .. profiles, "config", "--quiet"]);
        Assert.True(exitCode == 0, said);
    }

    /// <summary>A value of a compiled folder's local.settings.json.</summary>
    internal static string SettingOf(CompiledFolder compiled, string setting) =>
        JsonNode.Parse(compiled.Files.Single(file => file.Path == "local.settings.json").Content.Span)!["Values"]![setting]!.GetValue<string>();

    private static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, string.Concat(said));
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (-1, error.Message);
        }
    }
}
