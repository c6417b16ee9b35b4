// The two things that the host asks for: whether the app is there, and a call of a function.
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App;

/// <summary>The HTTP side of the app.</summary>
internal sealed class Endpoints(LoadedApp loaded, ILogger log)
{
    /// <summary>Any answer means ready.</summary>
    public static Task Ready(HttpContext context) => context.Response.WriteAsync("IntelMQ");

    /// <summary>A call. The answer is never empty: the host would wait for ever.</summary>
    public async Task CallAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["function"]!;
        var invocation = context.Request.Headers["X-Azure-Functions-InvocationId"].ToString();
        IDisposable? scope = null;
        try
        {
            using var body = await RequestBody.ReadAsync(context.Request.Body, context.RequestAborted);
            var functions = await loaded.Functions;
            var function = functions.App.Find(name) ?? throw new UnknownCallException($"There is no function '{name}' in this app. Compile the pipeline again with 'intelmq compile'.");
            scope = InvocationScope.Begin(log, function, invocation);

            // Not the request's token: what was begun is finished, whether the host still listens or not.
            var answer = await functions.CallAsync(HostRequest.Read(function, body.Bytes), CancellationToken.None);
            context.Response.ContentType = "application/json";
            await HostResponse.WriteAsync(context.Response.BodyWriter, answer, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The host is gone; the messages come again.
        }
        catch (Exception error) when (loaded.Functions.IsFaulted)
        {
            // The app ends; why stands on stderr already.
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync($"The function app cannot start: {error.Message}");
        }
#pragma warning disable CA1031 // Whatever happens, the host is told, and the broker brings the messages again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // Without a function there is no scope that names the call.
            var isExpected = error is UnknownCallException or DataFormatException;
            log.LogError(isExpected ? null : error, "The call {Invocation} of the function '{Function}' failed: {Error}", invocation, name, error.Message);
            context.Response.StatusCode = error is UnknownCallException ? StatusCodes.Status404NotFound : StatusCodes.Status500InternalServerError;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(isExpected ? error.Message : $"The function '{name}' failed; the log says why.");
        }
        finally
        {
            scope?.Dispose();
        }
    }
}
