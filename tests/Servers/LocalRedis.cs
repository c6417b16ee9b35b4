// A real Redis for the tests of an assembly. Linked by the projects that need it, each with [assembly: AssemblyFixture(typeof(LocalRedis))].
using System.ComponentModel;
using System.Diagnostics;

namespace IntelMq.Servers.Tests;

/// <summary>A redis-server with a folder of its own, which listens on a socket in it. Started by the first test that needs it.</summary>
public sealed class LocalRedis : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-redis-").FullName;
    private readonly Lock _gate = new();
    private Process? _process;

    /// <summary>The password that the server asks for; empty for none.</summary>
    public string Password { get; init; } = "";

    /// <summary>The path of the socket; the test is skipped where redis-server is not installed.</summary>
    public async Task<string> SocketAsync()
    {
        var socket = Path.Combine(_folder, "socket");
        lock (_gate)
        {
            _process ??= Start(socket);
        }

        var waited = Stopwatch.StartNew();
        while (!File.Exists(socket)) // It is made when the server listens.
        {
            Assert.False(_process.HasExited || waited.Elapsed > TimeSpan.FromSeconds(60), "redis-server does not start.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return socket;
    }

    /// <summary>Ends the server at once, as a crash would; the next <see cref="SocketAsync"/> starts it again.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
        File.Delete(Path.Combine(_folder, "socket"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Process Start(string socket)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("redis-server", ["--port", "0", "--unixsocket", socket, "--dir", _folder, "--save", "", "--appendonly", "no", "--logfile", "log", "--requirepass", Password, "--databases", "4096"])
            {
                WorkingDirectory = _folder,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("redis-server is not installed (Debian: apt-get install redis-server).");
            throw;
        }
    }
}
