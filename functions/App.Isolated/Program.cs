// The function app as an isolated worker: serves every bot of a compiled pipeline over the host's gRPC contract.
using IntelMq.App;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Invocation;

var environment = AppEnvironment.Read();
using var export = ExportWanted.Read(environment.Variables).Start(environment.Instance, environment.Variables.GetValueOrDefault("WEBSITE_SITE_NAME"));
if (!HostArguments.AreIn(args))
{
    Console.Error.WriteLine("error: This program is started by the Functions host, which tells it where to report. Run a pipeline on this machine with 'intelmq run'.");
    return LoadedApp.Fatal;
}

// Nothing but what is used, as in the custom handler.
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args });
HostArguments.Add(builder.Configuration, args);

// Which functions there are and what they do is said by the compiled folder, not by attributes: these two come before the worker's own.
builder.Services.AddSingleton<IFunctionMetadataProvider, CompiledFunctions>();
builder.Services.AddSingleton<IFunctionExecutor, Invocation>();
builder.Services.AddFunctionsWorkerDefaults().UseFunctionExecutionMiddleware();

// The worker would send each line to the host a second time.
builder.Logging.ClearProviders();
AppServices.Add(builder, environment);

using var app = builder.Build();
var loaded = app.Services.GetRequiredService<LoadedApp>();
try
{
    await app.RunAsync();
}
catch (OperationCanceledException)
{
    // It was told to end before it began.
}

// Never 0: the host does not start a worker again that ended with 0.
return loaded.ExitCode;
