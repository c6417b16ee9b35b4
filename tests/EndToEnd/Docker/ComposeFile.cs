// local-emulators/compose.yaml as the tests read it: images, ports and health checks stand there and nowhere else.
using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace IntelMq.EndToEnd.Tests.Docker;

/// <summary>The file with its services.</summary>
internal sealed partial class ComposeFile
{
    private ComposeFile(YamlMappingNode root) =>
        Services = Map(root, "services").ToDictionary(item => Text(item.Key), item => Service(Text(item.Key), (YamlMappingNode)item.Value), StringComparer.Ordinal);

    /// <summary>The path in the checkout.</summary>
    public static string Location { get; } = Command.InCheckout("local-emulators", "compose.yaml");

    /// <summary>The service and the app setting of each transport that has a broker.</summary>
    public static IReadOnlyDictionary<string, (string Service, string Setting)> Brokers { get; } = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["storage-queue"] = ("azurite", "IntelMqQueues"),
        ["kafka"] = ("kafka", "IntelMqKafkaBrokers"),
        ["rabbitmq"] = ("rabbitmq", "IntelMqRabbitMq"),
        ["service-bus"] = ("service-bus", "IntelMqServiceBus"),
        ["event-hubs"] = ("event-hubs", "IntelMqEventHubs"),
    };

    /// <summary>The services, by name.</summary>
    public IReadOnlyDictionary<string, ComposeService> Services { get; }

    /// <summary>Reads the file.</summary>
    public static ComposeFile Read() => Parse(File.ReadAllText(Location));

    /// <summary>Reads a text of that form.</summary>
    public static ComposeFile Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return new ComposeFile((YamlMappingNode)stream.Documents.Single().RootNode);
    }

    /// <summary>Puts in environment variables, <c>${NAME:-otherwise}</c>, as Compose does.</summary>
    public static string Expand(string text) =>
        Variable().Replace(text, match => match.Value == "$$" ? "$" : Environment.GetEnvironmentVariable(match.Groups["name"].Value) is { Length: > 0 } given ? given : match.Groups["otherwise"].Value);

    private static ComposeService Service(string name, YamlMappingNode node) => new(
        name,
        Text(node.Children["image"]),
        List(node, "profiles").ToArray(),
        List(node, "command").ToArray(),
        Map(node, "environment").ToDictionary(item => Text(item.Key), item => Text(item.Value), StringComparer.Ordinal),
        List(node, "ports").Select(Port).ToArray(),
        List(node, "depends_on").ToArray(),
        (node.Children.TryGetValue("volumes", out var volumes) ? (YamlSequenceNode)volumes : []).Cast<YamlMappingNode>()
            .Select(volume => (Text(volume.Children["source"]), Text(volume.Children["target"]))).ToArray(),
        node.Children.TryGetValue("healthcheck", out var health) ? List((YamlMappingNode)health, "test").ToArray() : null);

    private static ComposePort Port(string text) => text.Split(':') is [var address, var host, var container]
        ? new ComposePort(address, int.Parse(host, CultureInfo.InvariantCulture), int.Parse(container, CultureInfo.InvariantCulture))
        : throw new InvalidDataException($"The port '{text}' is not of the form ADDRESS:PORT:PORT.");

    // A list, or a map whose keys are it.
    private static IEnumerable<string> List(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value)
        ? value is YamlMappingNode map ? map.Children.Keys.Select(Text) : ((YamlSequenceNode)value).Select(Text)
        : [];

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Map(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? (YamlMappingNode)value : [];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(@"\$\$|\$\{(?<name>\w+):-(?<otherwise>[^}]*)\}")]
    private static partial Regex Variable();
}

/// <summary>A service.</summary>
/// <param name="Name">Its name, by which other containers reach it.</param>
/// <param name="Image">The image with its tag.</param>
/// <param name="Profiles">When it starts; empty for always.</param>
/// <param name="Command">The command; empty for the image's own.</param>
/// <param name="Environment">The variables, before anything is put in.</param>
/// <param name="Ports">The ports that are open on this machine.</param>
/// <param name="DependsOn">What has to run before it.</param>
/// <param name="Files">Files that it reads: here and in the container.</param>
/// <param name="Health">The command that tells whether it is ready, with Compose's word in front; null for none.</param>
internal sealed record ComposeService(
    string Name,
    string Image,
    IReadOnlyList<string> Profiles,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<ComposePort> Ports,
    IReadOnlyList<string> DependsOn,
    IReadOnlyList<(string Source, string Target)> Files,
    IReadOnlyList<string>? Health);

/// <summary>A port: the address and number on this machine, and the number in the container.</summary>
internal sealed record ComposePort(string Address, int Host, int Container);
