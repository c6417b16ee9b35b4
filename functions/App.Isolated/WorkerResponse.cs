// Writes answers as the worker contract of the Functions host takes them.
using IntelMq.Pipeline;
using IntelMq.Runtime;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace IntelMq.App;

/// <summary>Texts are always arrays of strings: the host would write a single one anew where it looks like JSON.</summary>
internal static class WorkerResponse
{
    /// <summary>Sets the output bindings of a call.</summary>
    /// <exception cref="UnknownCallException">The function has no binding of a name that the answer uses.</exception>
    public static async ValueTask WriteAsync(FunctionContext context, FunctionAnswer answer)
    {
        var outputs = context.GetOutputBindings<object>().ToDictionary(output => output.Name, StringComparer.Ordinal);
        foreach (var (binding, texts) in Values(answer))
        {
            Output(context, outputs, binding).Value = texts;
        }

        if (answer.Http is { } body && await context.GetHttpRequestDataAsync() is { } request)
        {
            var response = request.CreateResponse();
            response.Headers.Add("Content-Type", "application/json");
            await response.WriteStringAsync(body);
            Output(context, outputs, CompiledApp.HttpOutput).Value = response;
        }
    }

    /// <summary>What each output binding gets.</summary>
    public static IEnumerable<(string Binding, string[] Texts)> Values(FunctionAnswer answer) => answer.Outputs.Select(output => (output.Key, output.Value.ToArray()));

    // The host leaves out what it knows no binding for, and says nothing.
    private static OutputBindingData<object> Output(FunctionContext context, Dictionary<string, OutputBindingData<object>> outputs, string binding) =>
        outputs.TryGetValue(binding, out var output) ? output
            : throw new UnknownCallException($"The function '{context.FunctionDefinition.Name}' has no output binding '{binding}'. Compile the pipeline again with 'intelmq compile'.");
}
