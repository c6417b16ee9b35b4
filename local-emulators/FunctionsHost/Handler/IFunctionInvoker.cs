// How the local host calls functions.
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.FunctionsHost.Handler;

/// <summary>Calls functions: in this process, or in a process of the function app.</summary>
public interface IFunctionInvoker : IAsyncDisposable
{
    /// <summary>Calls a function.</summary>
    /// <exception cref="FunctionFailedException">The call failed; the messages come again.</exception>
    Task<FunctionAnswer> InvokeAsync(CompiledFunction function, FunctionCall call, CancellationToken cancellation);
}

/// <summary>A call of a function failed.</summary>
public sealed class FunctionFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>There is no app any more that could be called: the run ends, and the messages stay where they are.</summary>
    public bool IsFinal { get; init; }
}

/// <summary>Calls functions in this process.</summary>
public sealed class InProcessInvoker(FunctionApp app) : IFunctionInvoker
{
    /// <inheritdoc/>
    public async Task<FunctionAnswer> InvokeAsync(CompiledFunction function, FunctionCall call, CancellationToken cancellation)
    {
        try
        {
            return await app.CallAsync(call, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new FunctionFailedException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();
}
