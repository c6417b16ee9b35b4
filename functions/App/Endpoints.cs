// The two things that the host asks for: whether the app is there, and a call of a function.
using IntelMq.DataFormat;
using IntelMq.Pipeline;
using IntelMq.Runtime;

namespace IntelMq.App;

/// <summary>The HTTP side of the app.</summary>
internal sealed class Endpoints(LoadedApp loaded, ILogger log)
{
    /// <summary>Answers <c>GET /</c> (any answer means ready, and it comes before the pipeline is loaded) and <c>POST /FUNCTION</c>.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        var name = (context.Request.Path.Value ?? "").Trim('/');
        var isCall = HttpMethods.IsPost(context.Request.Method);
        if (isCall && name.Length > 0 && !name.Contains('/', StringComparison.Ordinal))
        {
            return CallAsync(context, name);
        }

        if (name.Length == 0 && HttpMethods.IsGet(context.Request.Method))
        {
            return context.Response.WriteAsync("IntelMQ");
        }

        context.Response.StatusCode = name.Length == 0 || !isCall ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    // The answer of a call is never empty: the host would wait for ever.
    private async Task CallAsync(HttpContext context, string name)
    {
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
