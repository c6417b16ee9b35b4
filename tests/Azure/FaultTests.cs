// Stores on a service that fails: nothing is lost, nothing is done twice, and at the end the sentence tells what is down.
using System.Diagnostics;
using System.Text;
using Azure.Core;
using Azure.Storage.Blobs;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Runtime;

namespace IntelMq.Azure.Tests;

public sealed class FaultTests(StorageEmulator emulator)
{
    private static readonly StoragePatience s_quick = StorageEmulator.Patient with { FirstPause = TimeSpan.FromMilliseconds(5) };
    private static readonly DateTimeOffset s_start = DateTimeOffset.UnixEpoch.AddYears(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<Fault> PassingFaults => [Fault.Busy, Fault.Broken, Fault.AnswerLost, Fault.AnswerWrong];

    private static StateItem Item(int key, string value) => new(BitConverter.GetBytes(key), Encoding.UTF8.GetBytes(value));

    private async Task<StorageClients> FailingAsync(Func<int, HttpMessage, Fault?> plan, StoragePatience? patience = null) =>
        await emulator.ClientsAsync(new FaultyTransport(plan), patience ?? s_quick);

    // Every third attempt succeeds only: the first two of each request fail in the given way.
    private static Func<int, HttpMessage, Fault?> TwiceEach(Fault fault) => (_, message) => message.ProcessingContext.RetryNumber < 2 ? fault : null;

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task State_is_won_once_however_the_answers_get_lost(Fault fault)
    {
        var (clients, name) = (await FailingAsync(TwiceEach(fault)), StorageEmulator.NewName("state"));
        var store = new StateTable(clients.Tables, name, TimeProvider.System).For("bot");
        var items = Enumerable.Range(0, 60).Select(key => Item(key, "first")).ToList();
        Assert.All(await store.PutIfAbsentAsync(items, null, Cancellation), Assert.Null);
        var others = Enumerable.Range(30, 60).Select(key => Item(key, "second")).ToList();
        var before = await store.PutIfAbsentAsync(others, null, Cancellation);
        Assert.All(before.Take(30), value => Assert.Equal("first"u8.ToArray(), value));
        Assert.All(before.Skip(30), Assert.Null);
        await store.RemoveAsync([items[0].Key], Cancellation);
        await store.PutAsync([Item(1, "third")], null, Cancellation);
        Assert.Equal([null, "third"u8.ToArray(), "first"u8.ToArray()], await store.GetAsync([items[0].Key, items[1].Key, items[2].Key], Cancellation));
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task A_batch_is_in_the_file_once_however_the_answers_get_lost(Fault fault)
    {
        var store = new BlobFileStore((await FailingAsync(TwiceEach(fault))).Blobs);
        var path = $"blob:{StorageEmulator.NewName("files")}/events.jsonl";
        for (var i = 0; i < 6; i++)
        {
            await store.AppendAsync(path, $"batch {i}", Encoding.UTF8.GetBytes($"{i}"), Cancellation);
        }

        await using var stream = await store.OpenReadAsync(path, false, Cancellation);
        Assert.Equal("012345", await new StreamReader(stream!).ReadToEndAsync(Cancellation));
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task Raw_data_and_dead_letters_are_kept_however_the_answers_get_lost(Fault fault)
    {
        var clients = await FailingAsync(TwiceEach(fault));
        var claims = new BlobClaimCheckStore(clients.Blobs, StorageEmulator.NewName("claims"));
        var data = new byte[9_000_000];
        new Random(1).NextBytes(data);
        var claim = await claims.WriteAsync("a", new MemoryStream(data), Cancellation);
        await using (var stream = await claims.OpenReadAsync(claim, Cancellation))
        {
            var read = new byte[data.Length];
            await stream.ReadExactlyAsync(read, Cancellation);
            Assert.Equal(data, read);
        }

        await claims.DeleteAsync(claim.Address, Cancellation);
        var letters = new BlobDeadLetterStore(clients.Blobs, StorageEmulator.NewName("letters"));
        var letter = new DeadLetter(new Guid(1, 2, 3, new byte[8]), "bot", "q", s_start, "e", null, "v", "{}");
        await letters.AddAsync([letter], Cancellation);
        Assert.Equal([letter], await letters.ListAsync(null, Cancellation).ToListAsync(Cancellation));
        await letters.DeleteAsync(letter.Id, Cancellation);
        Assert.Equal(0, await letters.CountAsync(Cancellation));
    }

    [Theory]
    [MemberData(nameof(PassingFaults))]
    public async Task Parked_frames_are_kept_and_taken_once_however_the_answers_get_lost(Fault fault)
    {
        var clients = await FailingAsync(TwiceEach(fault));
        var store = new BlobParkStore(clients.Tables, clients.Blobs, StorageEmulator.NewName("parked"));
        var entries = Enumerable.Range(0, 12).Select(i => new ParkedEntry($"e{i:d2}", "q", new byte[i % 3 == 0 ? 100_000 : 10], 2, s_start, 0, null)).ToList();
        await store.AddAsync(entries, Cancellation);
        await store.AddAsync(entries, Cancellation);
        Assert.Equal(24, (await store.CountAsync(Cancellation))["q"]);
        var taken = await store.TakeDueAsync(s_start, s_start.AddMinutes(1), 100, Cancellation);
        Assert.Equal(entries.Select(entry => (entry.Id, entry.Frame.Length)), taken.Select(entry => (entry.Id, entry.Frame.Length)));
        Assert.Empty(await store.TakeDueAsync(s_start, s_start.AddMinutes(1), 100, Cancellation));
        foreach (var entry in entries)
        {
            await store.RemoveAsync(entry.Id, Cancellation);
        }

        Assert.Empty(await store.CountAsync(Cancellation));
        Assert.Empty(await store.TakeDueAsync(s_start.AddHours(1), s_start.AddHours(2), 100, Cancellation));
    }

    // The attempt at a whole ends in the middle and is made again, as an invocation is whose messages were parked.
    [Fact]
    public async Task What_fails_for_good_in_the_middle_is_complete_after_the_next_attempt()
    {
        var sound = await emulator.ClientsAsync();
        for (var failing = 1; failing < 16; failing++)
        {
            foreach (var fault in (Fault[])[Fault.Broken, Fault.AnswerLost])
            {
                // By the number of the request and nothing else: requests run beside each other.
                var at = failing;
                var transport = new FaultyTransport((number, _) => number < at ? null : number == at ? fault : Fault.Broken);
                var clients = await emulator.ClientsAsync(transport, s_quick with { Retries = TimeSpan.Zero });
                var name = StorageEmulator.NewName("down");
                var items = Enumerable.Range(0, 20).Select(key => Item(key, "id of the event")).ToList();
                var entry = new ParkedEntry("large", "q", new byte[70_000], 1, s_start, 0, null);
                var path = $"blob:{name}/events";

                async Task WorkAsync(StorageClients account)
                {
                    // Either nobody has seen the event, or this same event was seen: never is it lost as a duplicate.
                    var before = await new StateTable(account.Tables, name + "s", TimeProvider.System).For("bot").PutIfAbsentAsync(items, null, Cancellation);
                    Assert.All(before, value => Assert.True(value is null || value.AsSpan().SequenceEqual(items[0].Value)));
                    await new BlobFileStore(account.Blobs).AppendAsync(path, "batch", "line\n"u8.ToArray(), Cancellation);
                    await new BlobParkStore(account.Tables, account.Blobs, name + "p").AddAsync([entry], Cancellation);
                }

                try
                {
                    await WorkAsync(clients);
                }
                catch (TransientException)
                {
                    Assert.True(transport.Sent >= failing);
                }

                await WorkAsync(sound);
                await using var stream = await new BlobFileStore(sound.Blobs).OpenReadAsync(path, false, Cancellation);
                Assert.Equal("line\n", await new StreamReader(stream!).ReadToEndAsync(Cancellation));
                var parked = await new BlobParkStore(sound.Tables, sound.Blobs, name + "p").TakeDueAsync(s_start, s_start.AddMinutes(1), 10, Cancellation);
                Assert.Equal(70_000, Assert.Single(parked).Frame.Length);
            }
        }
    }

    public static TheoryData<string> Calls => ["state", "state write", "claim", "claim read", "append", "list", "park", "take", "letter", "letters", "depth"];

    private static async Task CallAsync(string call, StorageClients clients, CancellationToken cancellation)
    {
        var claims = new BlobClaimCheckStore(clients.Blobs, "claims");
        var files = new BlobFileStore(clients.Blobs);
        var parked = new BlobParkStore(clients.Tables, clients.Blobs, "parked");
        var letters = new BlobDeadLetterStore(clients.Blobs, "letters");
        var state = new StateTable(clients.Tables, "state", TimeProvider.System).For("bot");
        await (call switch
        {
            "state" => state.GetAsync([[1]], cancellation).AsTask(),
            "state write" => state.PutIfAbsentAsync([Item(1, "a")], null, cancellation).AsTask(),
            "claim" => claims.WriteAsync("a", new MemoryStream([1]), cancellation).AsTask(),
            "claim read" => claims.OpenReadAsync(new ClaimCheck(new string('a', 40), 1, ""), cancellation).AsTask(),
            "append" => files.AppendAsync("blob:files/a", "batch", new byte[] { 1 }, cancellation).AsTask(),
            "list" => files.ListAsync("blob:files/", cancellation).ToListAsync(cancellation).AsTask(),
            "park" => parked.AddAsync([new ParkedEntry("a", "q", new byte[100_000], 1, s_start, 0, null)], cancellation).AsTask(),
            "take" => parked.TakeDueAsync(s_start, s_start.AddMinutes(1), 1, cancellation).AsTask(),
            "letter" => letters.AddAsync([new DeadLetter(Guid.Empty, "bot", "q", s_start, "e", null, "v", "{}")], cancellation).AsTask(),
            "letters" => letters.ListAsync(null, cancellation).ToListAsync(cancellation).AsTask(),
            _ => new StorageQueueDepths(clients.Queues).LookAsync("queue", cancellation).AsTask(),
        });
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_throttled_service_is_left_alone_for_as_long_as_it_asks(string call)
    {
        var transport = new FaultyTransport((_, _) => Fault.Busy) { RetryAfter = 77 };
        var error = await Assert.ThrowsAsync<TransientException>(async () => await CallAsync(call, await emulator.ClientsAsync(transport, s_quick), Cancellation));
        Assert.Equal(TimeSpan.FromSeconds(77), error.RetryAfter);
        Assert.Contains("answers 503 (ServerBusy)", error.Message, StringComparison.Ordinal);

        // Each partition asks on its own, and none asks again.
        Assert.InRange(transport.Sent, 1, 4);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_service_that_cannot_be_reached_is_told_as_transient(string call)
    {
        var clients = await FailingAsync((_, _) => Fault.Broken, s_quick with { Retries = TimeSpan.FromMilliseconds(50) });
        var error = await Assert.ThrowsAsync<TransientException>(async () => await CallAsync(call, clients, Cancellation));
        Assert.Contains("the storage account cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Null(error.RetryAfter);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_service_that_does_not_answer_is_told_as_transient(string call)
    {
        var clients = await FailingAsync((_, _) => Fault.Silent, s_quick with { Retries = TimeSpan.FromMilliseconds(50), Attempt = TimeSpan.FromMilliseconds(100) });
        var error = await Assert.ThrowsAsync<TransientException>(async () => await CallAsync(call, clients, Cancellation));
        Assert.Contains("does not answer in time", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Who_stops_a_call_gets_no_other_error(string call)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = await FailingAsync((_, _) =>
        {
            started.TrySetResult();
            return Fault.Silent;
        });
        var work = CallAsync(call, clients, stop.Token);
        await started.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    [Fact]
    public async Task Retrying_takes_no_longer_than_it_may()
    {
        // By the clock of the test machine, with room for a busy one: what matters is that it ends, and that it did try again.
        var transport = new FaultyTransport((_, _) => Fault.Busy);
        var clients = await emulator.ClientsAsync(transport, new StoragePatience { Retries = TimeSpan.FromSeconds(1), FirstPause = TimeSpan.FromMilliseconds(100) });
        var taken = Stopwatch.StartNew();
        await Assert.ThrowsAsync<TransientException>(() => CallAsync("claim", clients, Cancellation));
        Assert.InRange(transport.Sent, 2, 5);
        Assert.True(taken.Elapsed < TimeSpan.FromSeconds(30), $"{taken.Elapsed}");
    }

    [Fact]
    public async Task Missing_roles_are_told_with_their_cure()
    {
        var settings = await emulator.SettingsAsync();
        var clients = new StorageClients(settings, TimeProvider.System, patience: s_quick);
        var stranger = new BlobServiceClient(clients.Blobs.Uri, new global::Azure.AzureSasCredential("sv=2020-02-10&sig=bm9uZQ%3D%3D"));
        var error = await Assert.ThrowsAsync<TransientException>(async () => await new BlobClaimCheckStore(stranger, "claims").WriteAsync("a", new MemoryStream([1]), Cancellation));
        Assert.Contains("Storage Blob Data Contributor", error.Message, StringComparison.Ordinal);
    }
}
