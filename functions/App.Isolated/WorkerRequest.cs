// Reads calls as the worker contract of the Functions host brings them.
using System.Text;
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Azure.Functions.Worker;

namespace IntelMq.App;

/// <summary>A message arrives as the text it is, a batch as a collection of texts or, from some extensions, as the JSON of their array.</summary>
internal static class WorkerRequest
{
    /// <summary>Reads the call of a function.</summary>
    public static async ValueTask<FunctionCall> ReadAsync(CompiledFunction function, FunctionContext context)
    {
        var metadata = new HostMetadata(context.BindingContext.BindingData, context.RetryContext?.RetryCount ?? 0);
        if (function.Trigger.Queue is null)
        {
            return Read(function, null, metadata);
        }

        // As the host sent it: the worker converts only where something else than an object is wanted.
        var binding = context.FunctionDefinition.InputBindings.GetValueOrDefault(function.Trigger.Binding);
        return Read(function, binding is null ? null : (await context.BindInputAsync<object>(binding)).Value, metadata);
    }

    /// <summary>Reads a call of its parts.</summary>
    /// <param name="function">The function.</param>
    /// <param name="data">The trigger's value: a text, bytes or a collection of either; nothing counts for timers.</param>
    /// <param name="metadata">What the host says about it.</param>
    /// <exception cref="UnknownCallException">The value is of another form.</exception>
    public static FunctionCall Read(CompiledFunction function, object? data, HostMetadata metadata)
    {
        if (function.Trigger.Queue is null)
        {
            return new FunctionCall(function.Name, [], HostMessage.Occurrence(function, metadata));
        }

        if (data is null)
        {
            throw new UnknownCallException($"The call of '{function.Name}' has no data for its binding '{function.Trigger.Binding}'. Compile the pipeline again with 'intelmq compile'.");
        }

        return new FunctionCall(function.Name, function.Trigger.Many
            ? [.. Items(function, data).Select((text, index) => HostMessage.Read(function, text, metadata, index))]
            : [HostMessage.Read(function, Bytes(function, data), metadata, -1)]);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Items(CompiledFunction function, object data) => data switch
    {
        IEnumerable<string> texts => texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)),
        IEnumerable<byte[]> items => items.Select(item => (ReadOnlyMemory<byte>)item),
        IEnumerable<ReadOnlyMemory<byte>> items => items,
        string json => JsonArray.Texts(function, json),
        _ => throw Unknown(function, data),
    };

    private static ReadOnlyMemory<byte> Bytes(CompiledFunction function, object data) => data switch
    {
        string text => Encoding.UTF8.GetBytes(text),
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> bytes => bytes,
        _ => throw Unknown(function, data),
    };

    private static UnknownCallException Unknown(CompiledFunction function, object data) =>
        new($"The call of '{function.Name}' brings its messages as {data.GetType().Name}, which this app does not know.");
}
