// The running instances of one bot.
using System.Collections.Concurrent;
using IntelMq.Bots;
using IntelMq.Pipeline;
using Microsoft.Extensions.Logging;

namespace IntelMq.Runtime;

/// <summary>
/// Runs invocations of one bot beside each other: each has a bot of its own. A bot that may exist only once has one, and its invocations wait for each other.
/// </summary>
internal sealed class BotPool(HostedBot bot, BotInstance instance, Pipeline.Pipeline pipeline, FunctionServices services) : IAsyncDisposable
{
    private readonly ConcurrentBag<PooledBot> _idle = [];
    private readonly SemaphoreSlim _turns = new(instance.Descriptor.Declaration.Single ? 1 : int.MaxValue);

    /// <summary>The bot's place in the pipeline.</summary>
    public BotSettings Settings => bot.Settings;

    /// <summary>The bot as the pipeline has it.</summary>
    public BotInstance Instance => instance;

    /// <summary>Gives a running bot to <paramref name="use"/> and takes it back. What an invocation that broke wrote to the state is forgotten.</summary>
    /// <exception cref="BotConfigurationException">The bot cannot work with its configuration.</exception>
    public async Task UseAsync(Func<PooledBot, Task> use, CancellationToken cancellation)
    {
        var taken = await TakeAsync(cancellation);
        try
        {
            await use(taken);
        }
        finally
        {
            GiveBack(taken);
        }
    }

    /// <summary>Takes a running bot, which must be given back.</summary>
    /// <exception cref="BotConfigurationException">The bot cannot work with its configuration.</exception>
    public async Task<PooledBot> TakeAsync(CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            return _idle.TryTake(out var idle) ? idle : await StartAsync(cancellation);
        }
        catch
        {
            _turns.Release();
            throw;
        }
    }

    /// <summary>Takes a bot back. What it wrote to the state and nobody committed is forgotten.</summary>
    public void GiveBack(PooledBot bot)
    {
        // It is kept even if its invocation broke: only the bot that appended to a file cuts off, with its next append, what did not count.
        bot.Discard();
        _idle.Add(bot);
        _turns.Release();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var idle))
        {
            await idle.DisposeAsync();
        }

        _turns.Dispose();
    }

    private async Task<PooledBot> StartAsync(CancellationToken cancellation)
    {
        var state = services.State(Settings.BotId);
        var files = services.Files(Settings.BotId, state);
        var context = new BotContext
        {
            BotId = Settings.BotId,
            Fields = pipeline.Fields,
            Clock = services.Clock,
            Log = services.Logs.CreateLogger(Settings.BotId),
            State = state,
            Files = files,
            Http = services.Http,
            Dns = services.Dns.Value,
        };
        try
        {
            var runner = await BotRunner.StartAsync(bot.Bot(), bot.Parameters, Settings, context, services.Claims, cancellation);
            return new PooledBot(runner, state, files);
        }
        catch
        {
            await PooledBot.CloseAsync(files);
            await PooledBot.CloseAsync(state);
            throw;
        }
    }
}

/// <summary>A bot that runs, with what was opened for it.</summary>
internal sealed record PooledBot(BotRunner Runner, IStateStore State, IFileStore Files) : IAsyncDisposable
{
    /// <summary>Makes durable what the invocation wrote to the state.</summary>
    public ValueTask CommitAsync(CancellationToken cancellation) => State is IStateTransaction transaction ? transaction.CommitAsync(cancellation) : ValueTask.CompletedTask;

    /// <summary>Forgets what the invocation wrote to the state.</summary>
    public void Discard() => (State as IStateTransaction)?.Discard();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        await CloseAsync(Files);
        await CloseAsync(State);
    }

    /// <summary>Closes what was opened, if it wants to be closed.</summary>
    public static async ValueTask CloseAsync(object opened)
    {
        switch (opened)
        {
            case IAsyncDisposable later:
                await later.DisposeAsync();
                break;
            case IDisposable now:
                now.Dispose();
                break;
        }
    }
}
