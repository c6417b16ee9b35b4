// The function app: serves every bot of a compiled pipeline over the custom-handler contract.
using System.Net;
using IntelMq.App;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// Nothing but what is used: no settings files that are watched, no routing. Each of them costs a cold start some ten milliseconds.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
var environment = AppEnvironment.Read();

// Ended after everything else, so that the last invocations are sent too.
using var export = ExportWanted.Read(environment.Variables).Start(environment.Instance, environment.Variables.GetValueOrDefault("WEBSITE_SITE_NAME"));

AppServices.Add(builder, environment);
builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
{
    // Loopback only, the IPv4 address that the host calls. A batch of frames may be larger than Kestrel's 30 MB.
    options.Listen(IPAddress.Loopback, environment.Port);
    options.Limits.MaxRequestBodySize = null;
    options.Limits.MinRequestBodyDataRate = null;
    options.AddServerHeader = false;
});

await using var app = builder.Build();
var loaded = app.Services.GetRequiredService<LoadedApp>();

app.Run(new Endpoints(loaded, app.Logger).AnswerAsync);
try
{
    await app.RunAsync();
}
catch (OperationCanceledException)
{
    // It was told to end before it listened.
}
catch (IOException error)
{
    // The port is taken.
    Console.Error.WriteLine("error: " + error.Message);
    return LoadedApp.Fatal;
}

// Never 0: the host does not start a handler again that ended with 0.
return loaded.ExitCode;
