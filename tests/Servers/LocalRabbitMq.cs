// A real RabbitMQ for the tests of an assembly. Linked by the projects that need it, each with [assembly: AssemblyFixture(typeof(LocalRabbitMq))].
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IntelMq.Servers.Tests;

/// <summary>
/// A rabbitmq-server (Debian's package) with a folder and ports of its own, in plain text and TLS. Started by the first test that needs it, because a start
/// takes some twenty seconds; the test is skipped where it is not installed. Guest may do everything; queues are told apart by their names.
/// </summary>
public sealed class LocalRabbitMq : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-rabbitmq-").FullName;
    private readonly SemaphoreSlim _turn = new(1);
    private Process? _names;
    private Process? _server;

    /// <summary>The port for plain connections at 127.0.0.1. Valid after <see cref="StartAsync"/>.</summary>
    public int Port { get; private set; }

    /// <summary>The port for encrypted connections at localhost.</summary>
    public int TlsPort { get; private set; }

    /// <summary>The address for clients, guest included.</summary>
    public Uri Address => new($"amqp://guest:guest@127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>The certificate to trust (PEM).</summary>
    public string Authority => Path.Combine(_folder, "authority.pem");

    /// <summary>Starts it, if it does not run; gives the port.</summary>
    public async Task<int> StartAsync()
    {
        Assert.SkipUnless(Installed() is not null && Epmd() is not null, "rabbitmq-server is not installed (Debian: apt-get install rabbitmq-server).");
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_server is null)
            {
                Prepare();
                _server = Run(Installed()!, []);
                await ListenAsync();
            }
        }
        finally
        {
            _turn.Release();
        }

        return Port;
    }

    /// <summary>Ends it at once, as a crash would; the next <see cref="StartAsync"/> starts it again, on the same ports and with what was durable.</summary>
    public async Task KillAsync()
    {
        await EndAsync(_server);
        _server = null;
        await EndMachineAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await EndAsync(_names);
        _turn.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Installed() =>
        Directory.Exists("/usr/lib/rabbitmq/lib") ? Directory.GetFiles("/usr/lib/rabbitmq/lib", "rabbitmq-server", SearchOption.AllDirectories).FirstOrDefault() : null;

    private static string? Epmd() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "epmd")).FirstOrDefault(File.Exists);

    private static async Task EndAsync(Process? process)
    {
        if (process is null)
        {
            return;
        }

        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }

    // What we have started is a script, and the server is its child: it holds the ports until it has ended.
    private async Task EndMachineAsync()
    {
        if (File.Exists(ProcessFile) && int.TryParse(await File.ReadAllTextAsync(ProcessFile, CancellationToken.None), NumberStyles.Integer, CultureInfo.InvariantCulture, out var id)
            && File.Exists($"/proc/{id}/comm") && (await File.ReadAllTextAsync($"/proc/{id}/comm", CancellationToken.None)).StartsWith("beam", StringComparison.Ordinal))
        {
            try
            {
                await EndAsync(Process.GetProcessById(id));
            }
            catch (ArgumentException)
            {
                // It has ended by itself.
            }
        }

        File.Delete(ProcessFile);
    }

    private void Prepare()
    {
        if (_names is not null)
        {
            return;
        }

        (Port, TlsPort) = (FreePort(), FreePort());
        WriteCertificates();
        File.WriteAllText(Path.Combine(_folder, "enabled_plugins"), "[].\n");
        File.WriteAllText(Path.Combine(_folder, "rabbitmq.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            listeners.tcp.1 = 127.0.0.1:{Port}
            listeners.ssl.1 = 127.0.0.1:{TlsPort}
            ssl_options.cacertfile = {Authority}
            ssl_options.certfile = {Path.Combine(_folder, "server.pem")}
            ssl_options.keyfile = {Path.Combine(_folder, "server.key")}
            ssl_options.verify = verify_none
            disk_free_limit.absolute = 1MB
            log.file.level = warning

            """));

        // The server would start Erlang's service of names as a daemon that stays behind.
        _names = Run(Epmd()!, []);
    }

    private Process Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = _folder,
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = NamesPort,
            ["RABBITMQ_NODENAME"] = "intelmq@localhost",
            ["RABBITMQ_DIST_PORT"] = DistributionPort,
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf"),
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_folder, "none"),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "data"),
            ["RABBITMQ_PID_FILE"] = ProcessFile,
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "logs"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "enabled_plugins"),

            // One scheduler that does not spin: tests share the machine.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 1:1 +sbwt none",
        })
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private string ProcessFile => Path.Combine(_folder, "process");

    private string NamesPort { get; } = FreePort().ToString(CultureInfo.InvariantCulture);

    private string DistributionPort { get; } = FreePort().ToString(CultureInfo.InvariantCulture);

    private async Task ListenAsync()
    {
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            Assert.False(_server!.HasExited || waited.Elapsed > s_patience, "rabbitmq-server does not start; its log is in " + Path.Combine(_folder, "logs"));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    // The server greets whoever speaks its protocol.
    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), TestContext.Current.CancellationToken);
            return await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken) == 1;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WriteCertificates()
    {
        var (from, to) = (new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var authorityKey = RSA.Create(2048);
        var authorityRequest = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(from, to);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(authority, from.AddDays(1), to.AddDays(-1), [1, 2, 3, 4]);
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "server.pem"), server.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
