// What the function app itself remembers.
using IntelMq.Bots;

namespace IntelMq.Runtime;

/// <summary>The state of the app as a whole: runs of collectors and frames under suspicion. Each operation counts at once; any number may run beside each other.</summary>
internal sealed class AppNotes(FunctionServices services)
{
    // No bot can have this id: ids have no underscore at their start.
    private const string Name = "_intelmq";

    /// <summary>The value of a note, null where there is none.</summary>
    public async ValueTask<byte[]?> GetAsync(byte[] key, CancellationToken cancellation) => (await GetAsync([key], cancellation))[0];

    /// <summary>The values of notes.</summary>
    public ValueTask<IReadOnlyList<byte[]?>> GetAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) =>
        WithAsync(state => state.GetAsync(keys, cancellation));

    /// <summary>Writes notes.</summary>
    public async ValueTask PutAsync(IReadOnlyList<StateItem> items, TimeSpan lifetime, CancellationToken cancellation) =>
        await WithAsync(async state =>
        {
            await state.PutAsync(items, lifetime, cancellation);
            await CommitAsync(state, cancellation);
            return 0;
        });

    /// <summary>Removes notes.</summary>
    public async ValueTask RemoveAsync(IReadOnlyList<byte[]> keys, CancellationToken cancellation) =>
        await WithAsync(async state =>
        {
            await state.RemoveAsync(keys, cancellation);
            await CommitAsync(state, cancellation);
            return 0;
        });

    private static ValueTask CommitAsync(IStateStore state, CancellationToken cancellation) =>
        state is IStateTransaction transaction ? transaction.CommitAsync(cancellation) : ValueTask.CompletedTask;

    // A store belongs to one invocation at a time, so each operation has its own.
    private async ValueTask<T> WithAsync<T>(Func<IStateStore, ValueTask<T>> use)
    {
        var state = services.State(Name);
        try
        {
            return await use(state);
        }
        finally
        {
            await PooledBot.CloseAsync(state);
        }
    }
}
