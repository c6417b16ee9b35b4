// A transport's broker as compose.yaml has it, in containers of its own.
using System.Globalization;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Networks;
using IntelMq.Pipeline;
using Testcontainers.Kafka;

namespace IntelMq.EndToEnd.Tests.Docker;

/// <summary>The containers of one transport, on free ports; removed at the end.</summary>
internal sealed class ComposeBroker : IAsyncDisposable
{
    private const int HealthPort = 5300;

    // Names and key of the development storage, which every storage client knows.
    private const string DevelopmentStorage =
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + "BlobEndpoint=http://localhost:10000/devstoreaccount1;QueueEndpoint=http://localhost:10001/devstoreaccount1;TableEndpoint=http://localhost:10002/devstoreaccount1;";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly ComposeFile _file = ComposeFile.Read();
    private readonly CompiledFolder _compiled;
    private readonly Dictionary<string, IContainer> _containers = new(StringComparer.Ordinal);
    private INetwork? _network;

    private ComposeBroker(CompiledFolder compiled) => _compiled = compiled;

    /// <summary>How the command is told of the broker.</summary>
    public string Connection { get; private set; } = "";

    /// <summary>Starts the broker of a transport with what it depends on, and waits until it is ready. Skips the test where it cannot run.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="compiled">The pipeline, compiled for it: its queues, and the connection that it expects.</param>
    /// <param name="cancellation">Stops the start.</param>
    public static async Task<ComposeBroker> StartAsync(string transport, CompiledFolder compiled, CancellationToken cancellation)
    {
        var (name, setting) = ComposeFile.Brokers[transport];
        var broker = new ComposeBroker(compiled);
        var service = broker._file.Services[name];
        Assert.SkipWhen(
            service.Environment.TryGetValue("ACCEPT_EULA", out var consent) && ComposeFile.Expand(consent) != "Y",
            $"The emulator of {transport} runs only for those who accept its licence terms: ACCEPT_EULA=Y (see local-emulators/compose.yaml).");
        try
        {
            broker._network = new NetworkBuilder().Build();
            await broker._network.CreateAsync(cancellation);
            await broker.StartAsync(service, cancellation);
        }
        catch (DockerUnavailableException)
        {
            await broker.DisposeAsync();
            Assert.Skip($"Docker is not running here: the broker of {transport} in local-emulators/compose.yaml cannot be started.");
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }

        broker.Connection = broker.ConnectionOf(service, ComposeTests.SettingOf(compiled, setting));
        return broker;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var container in _containers.Values.Reverse())
        {
            await container.DisposeAsync();
        }

        if (_network is not null)
        {
            await _network.DisposeAsync();
        }
    }

    private async Task StartAsync(ComposeService service, CancellationToken cancellation)
    {
        foreach (var needed in service.DependsOn.Where(needed => !_containers.ContainsKey(needed)))
        {
            await StartAsync(_file.Services[needed], cancellation);
        }

        // Kafka tells its clients where to come, so its port must be known before it starts: its own builder sees to that.
        var container = service.Name == "kafka" ? new KafkaBuilder(service.Image).Build() : Build(service);
        _containers.Add(service.Name, container);
        await container.StartAsync(cancellation);
    }

    private IContainer Build(ComposeService service)
    {
        var builder = new ContainerBuilder(service.Image).WithNetwork(_network!).WithNetworkAliases(service.Name);
        if (service.Command.Count > 0)
        {
            builder = builder.WithCommand([.. service.Command]);
        }

        foreach (var (variable, value) in service.Environment)
        {
            builder = builder.WithEnvironment(variable, ComposeFile.Expand(value));
        }

        foreach (var port in service.Ports)
        {
            builder = builder.WithPortBinding(port.Container, assignRandomHostPort: true);
        }

        foreach (var (source, target) in service.Files)
        {
            var file = _compiled.Files.Single(file => source.EndsWith("/" + file.Path, StringComparison.Ordinal));
            builder = builder.WithResourceMapping(file.Content.ToArray(), target);
        }

        var ready = Wait.ForUnixContainer();
        return builder.WithWaitStrategy(service.Health switch
        {
            ["CMD-SHELL", var command] => ready.UntilCommandIsCompleted(ComposeFile.Expand(command), strategy => strategy.WithTimeout(s_patience)),
            [not null, ..] words => ready.UntilCommandIsCompleted(words.Skip(1), strategy => strategy.WithTimeout(s_patience)),
            _ => ready.UntilHttpRequestIsSucceeded(request => request.ForPath("/health").ForPort(HealthPort), strategy => strategy.WithTimeout(s_patience)),
        }).Build();
    }

    // The connection of the compiled folder, with the ports that the containers got.
    private string ConnectionOf(ComposeService service, string connection)
    {
        var container = _containers[service.Name];
        var text = connection == "UseDevelopmentStorage=true" ? DevelopmentStorage : connection;
        foreach (var port in service.Ports)
        {
            text = text.Replace(
                string.Create(CultureInfo.InvariantCulture, $"localhost:{port.Host}"),
                string.Create(CultureInfo.InvariantCulture, $"{container.Hostname}:{container.GetMappedPublicPort(port.Container)}"),
                StringComparison.Ordinal);
        }

        return text;
    }
}
