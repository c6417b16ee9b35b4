// The storage emulator as a process of ours.
using System.Net.Sockets;
using IntelMq.Bots;
using IntelMq.FunctionsHost.Emulators;

namespace IntelMq.Azure.Tests;

public sealed class AzuriteTests(StorageEmulator emulator)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_it_keeps_in_a_folder_outlives_it_and_its_ports_are_free_afterwards()
    {
        // The shared one shows whether Node.js is there, and that two may run side by side.
        await emulator.SettingsAsync();
        var folder = Directory.CreateTempSubdirectory("intelmq-azurite-").FullName;
        try
        {
            Uri blobs;
            await using (var first = await Azurite.StartAsync(folder, Cancellation))
            {
                var clients = new StorageClients(StorageSettings.Emulator(first.ConnectionString), TimeProvider.System);
                blobs = clients.Blobs.Uri;
                await new StateTable(clients.Tables, "state", TimeProvider.System).For("bot").PutAsync([new StateItem([1], [2])], null, Cancellation);
                await new BlobFileStore(clients.Blobs).AppendAsync("blob:files/a", "batch", "line\n"u8.ToArray(), Cancellation);
                await (await clients.Queues.CreateQueueAsync("queue", cancellationToken: Cancellation)).Value.SendMessageAsync("a", Cancellation);
            }

            using (var probe = new TcpClient())
            {
                await Assert.ThrowsAnyAsync<SocketException>(async () => await probe.ConnectAsync(blobs.Host, blobs.Port, Cancellation));
            }

            await using var second = await Azurite.StartAsync(folder, Cancellation);
            var again = new StorageClients(StorageSettings.Emulator(second.ConnectionString), TimeProvider.System);
            Assert.Equal([2], (await new StateTable(again.Tables, "state", TimeProvider.System).For("bot").GetAsync([[1]], Cancellation))[0]);
            await using var stream = await new BlobFileStore(again.Blobs).OpenReadAsync("blob:files/a", false, Cancellation);
            Assert.Equal(5, stream!.Length);
            Assert.Equal(1, (await new StorageQueueDepths(again.Queues).LookAsync("queue", Cancellation))!.Frames);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_told()
    {
        await emulator.SettingsAsync();
        var file = Path.GetTempFileName();
        try
        {
            await Assert.ThrowsAnyAsync<IOException>(() => Azurite.StartAsync(file, Cancellation));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
