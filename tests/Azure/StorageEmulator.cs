// One Azurite for all tests of this assembly.
using System.Globalization;
using Azure.Core.Pipeline;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Emulators;

[assembly: AssemblyFixture(typeof(IntelMq.Azure.Tests.StorageEmulator))]

namespace IntelMq.Azure.Tests;

/// <summary>Azurite in memory, started by the first test that needs it. Tests share it, so each takes names of its own.</summary>
public sealed class StorageEmulator : IAsyncDisposable
{
    /// <summary>Patience for an emulator on a busy machine.</summary>
    public static readonly StoragePatience Patient = new() { Retries = TimeSpan.FromSeconds(60), Attempt = TimeSpan.FromSeconds(120) };

    private static int s_names;

    private readonly Lazy<Task<Azurite>> _azurite = new(() => Azurite.StartAsync(null, CancellationToken.None));

    /// <summary>A name that no other test uses: fit for containers, tables and queues.</summary>
    public static string NewName(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}{Interlocked.Increment(ref s_names):d4}");

    /// <summary>Clients; the test is skipped where Node.js is missing.</summary>
    public async Task<StorageClients> ClientsAsync(HttpPipelineTransport? transport = null, StoragePatience? patience = null) =>
        new(await SettingsAsync(), TimeProvider.System, transport: transport, patience: patience ?? Patient);

    /// <summary>The settings of the connection.</summary>
    public async Task<StorageSettings> SettingsAsync()
    {
        try
        {
            return StorageSettings.Emulator((await _azurite.Value).ConnectionString);
        }
        catch (BotConfigurationException error) when (error.Message.Contains("needs Node.js", StringComparison.Ordinal))
        {
            Assert.Skip(error.Message);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_azurite.IsValueCreated && _azurite.Value.IsCompletedSuccessfully)
        {
            await (await _azurite.Value).DisposeAsync();
        }
    }
}
