// One call of the host, whichever function it is for.
using IntelMq.DataFormat;
using IntelMq.Runtime;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Invocation;

namespace IntelMq.App;

/// <summary>Runs a call. The worker looks up a method for every function and would call it; the compiled pipeline has none, so all of them are this.</summary>
internal sealed class Invocation(LoadedApp loaded, ILogger<Invocation> log) : IFunctionExecutor
{
    /// <summary>What the worker looks up for each function.</summary>
    public const string EntryPoint = "IntelMq.App.Invocation.Entry";

    /// <summary>Where it looks.</summary>
    public static string Assembly => typeof(Invocation).Assembly.Location;

    /// <summary>The method of every function: it has no parameter that the worker would bind.</summary>
    public static void Entry() => throw new InvalidOperationException("A function is called through the executor.");

    /// <inheritdoc/>
    public async ValueTask ExecuteAsync(FunctionContext context)
    {
        var name = context.FunctionDefinition.Name;
        IDisposable? scope = null;
        try
        {
            var functions = await loaded.Functions;
            var function = functions.App.Find(name) ?? throw new UnknownCallException($"There is no function '{name}' in this app. Compile the pipeline again with 'intelmq compile'.");
            scope = InvocationScope.Begin(log, function, context.InvocationId);

            // Not the call's token: what was begun is finished, whether the host still listens or not.
            var answer = await functions.CallAsync(await WorkerRequest.ReadAsync(function, context), CancellationToken.None);
            await WorkerResponse.WriteAsync(context, answer);
        }
        catch (Exception error)
        {
            var isExpected = error is UnknownCallException or DataFormatException;
            log.LogError(isExpected ? null : error, "The call {Invocation} of the function '{Function}' failed: {Error}", context.InvocationId, name, error.Message);

            // The host is told, and the broker brings the messages again.
            throw;
        }
        finally
        {
            scope?.Dispose();
        }
    }
}
