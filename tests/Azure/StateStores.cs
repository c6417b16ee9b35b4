// The state stores that keep the contract, and what is special about each.
using IntelMq.Bots;
using IntelMq.Stores;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Azure.Tests;

public sealed class TableStateTests(StorageEmulator emulator) : StateContract
{
    protected override async Task<StateBench> BenchAsync()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var service = (await emulator.ClientsAsync()).Tables;
        var name = StorageEmulator.NewName("state");
        var table = new StateTable(service, name, clock);
        return new StateBench(table.For("deduplicator"), table.For("deduplicator-2"), new StateTable(service, name, clock).For("deduplicator"), TimeSpan.FromHours(1), _ =>
        {
            clock.Advance(TimeSpan.FromHours(1));
            return Task.CompletedTask;
        });
    }
}
