// The compiled quickstart on the real Azure Functions host, where one is there.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using global::Azure.Storage.Blobs;
using global::Azure.Storage.Blobs.Models;
using IntelMq.FunctionsHost.Emulators;

namespace IntelMq.EndToEnd.Tests;

/// <summary>
/// Runs where INTELMQ_FUNCTIONS_HOST names a folder with the built host (Microsoft.Azure.WebJobs.Script.WebHost.dll), INTELMQ_FUNCTIONS_EXTENSIONS one
/// with the Storage extension and its extensions.json, and INTELMQ_FUNCTIONS_WORKER the published isolated worker, which brings its own (docs/hosting.md
/// says how they are built).
/// </summary>
public sealed class RealHostTests
{
    private const string Key = "test-key";

    private static readonly string? s_host = Environment.GetEnvironmentVariable("INTELMQ_FUNCTIONS_HOST");
    private static readonly string? s_extensions = Environment.GetEnvironmentVariable("INTELMQ_FUNCTIONS_EXTENSIONS");

    private static readonly string? s_worker = Environment.GetEnvironmentVariable("INTELMQ_FUNCTIONS_WORKER");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task The_compiled_quickstart_gives_the_events_of_the_embedded_run(bool killHandler)
    {
        Assert.SkipWhen(s_host is null || s_extensions is null, "INTELMQ_FUNCTIONS_HOST and INTELMQ_FUNCTIONS_EXTENSIONS name no Functions host.");
        return RunAsync(killHandler, isIsolated: false);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task The_isolated_worker_gives_the_events_of_the_embedded_run(bool killWorker)
    {
        Assert.SkipWhen(s_host is null || s_worker is null, "INTELMQ_FUNCTIONS_HOST and INTELMQ_FUNCTIONS_WORKER name no Functions host and no published worker.");
        return RunAsync(killWorker, isIsolated: true);
    }

    [Fact]
    public async Task Apps_that_serve_parts_of_the_pipeline_give_the_events_of_the_embedded_run()
    {
        Assert.SkipWhen(s_host is null || s_extensions is null, "INTELMQ_FUNCTIONS_HOST and INTELMQ_FUNCTIONS_EXTENSIONS name no Functions host.");
        using var command = new Command();
        var quickstart = Command.InCheckout("docs", "tutorials", "quickstart", "runtime.yaml");
        (await command.RunAsync(["run", quickstart, "--once", "--data", "embedded"])).MustEndWith(0);
        var wanted = OutputLines.Read(command.InFolder("embedded", "output", "events.jsonl"), "feed.url");
        (await command.RunAsync(["compile", quickstart, "--out", "app", "--authentication", "connection-string", "--files", "blob:intelmq"])).MustEndWith(0);

        // Which function is in which app: | `FUNCTION` | APP | ...
        var apps = File.ReadLines(command.InFolder("app", "README.md")).SkipWhile(line => !line.StartsWith("| function | app |", StringComparison.Ordinal)).Skip(2)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToLookup(cells => cells[2], cells => cells[1].Trim('`'));
        Assert.Equal(["output", "pipeline"], apps.Select(app => app.Key).Order(StringComparer.Ordinal));
        Prepare(command.InFolder("app"), isIsolated: false);
        await using var azurite = await Azurite.StartAsync(command.InFolder("azurite"), Cancellation);
        var container = await UploadAsync(azurite.ConnectionString, Path.GetDirectoryName(quickstart)!);

        var hosts = new List<Process>();
        var report = new HostReport(azurite.ConnectionString, command.InFolder("azurite"));
        try
        {
            var ports = new Dictionary<string, int>();
            foreach (var app in apps)
            {
                ports[app.Key] = FreePort();
                hosts.Add(StartHost(command.InFolder("app"), command.InFolder("secrets-" + app.Key), ports[app.Key], azurite.ConnectionString, isIsolated: false, [.. app]));
                report.Listen(hosts[^1]);
            }

            using var http = new HttpMessageInvoker(new SocketsHttpHandler());
            await CollectAsync(http, ports["pipeline"]);
            Assert.Equal(wanted, await EventsAsync(container, wanted.Count, command.InFolder("events.jsonl")));

            // Only one host watches the clock.
            Assert.NotEmpty(Timers(azurite.ConnectionString, ports["pipeline"]));
            Assert.Empty(Timers(azurite.ConnectionString, ports["output"]));
        }
        catch (Exception error) when (!Cancellation.IsCancellationRequested)
        {
            Assert.Fail($"{error.Message}\n{await report.WriteAsync(hosts[0], TransportTests.ChildWith(hosts[0].Id, "IntelMq.App"))}");
        }
        finally
        {
            foreach (var host in hosts)
            {
                host.Kill(entireProcessTree: true);
                await host.WaitForExitAsync(CancellationToken.None);
                host.Dispose();
            }
        }
    }

    private static async Task RunAsync(bool kill, bool isIsolated)
    {
        using var command = new Command();
        var quickstart = Command.InCheckout("docs", "tutorials", "quickstart", "runtime.yaml");
        (await command.RunAsync(["run", quickstart, "--once", "--data", "embedded"])).MustEndWith(0);

        // The feeds lie in another place there.
        var wanted = OutputLines.Read(command.InFolder("embedded", "output", "events.jsonl"), "feed.url");

        (await command.RunAsync(["compile", quickstart, "--out", "app", "--transport", "storage-queue", "--authentication", "connection-string", "--files", "blob:intelmq", "--worker", isIsolated ? "isolated" : "custom-handler"])).MustEndWith(0);
        Prepare(command.InFolder("app"), isIsolated);
        await using var azurite = await Azurite.StartAsync(command.InFolder("azurite"), Cancellation);
        var container = await UploadAsync(azurite.ConnectionString, Path.GetDirectoryName(quickstart)!);

        var port = FreePort();
        var report = new HostReport(azurite.ConnectionString, command.InFolder("azurite"));
        using var host = StartHost(command.InFolder("app"), command.InFolder("secrets"), port, azurite.ConnectionString, isIsolated);
        report.Listen(host);
        var handlerName = isIsolated ? "IntelMq.App.Isolated" : "IntelMq.App";
        try
        {
            using var http = new HttpMessageInvoker(new SocketsHttpHandler());
            await CollectAsync(http, port);
            if (kill)
            {
                var handler = await HandlerOfAsync(host.Id, handlerName);
                Process.GetProcessById(handler).Kill();
                report.Say($"-- the test killed the handler {handler}");

                // What was under way fails. Nobody asks again but the host itself, as function.json says.
            }

            Assert.Equal(wanted, await EventsAsync(container, wanted.Count, command.InFolder("events.jsonl")));

            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/api/status?code={Key}");
            using var response = await http.SendAsync(request, Cancellation);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("\"dead_letters\":1", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
        catch (Exception error) when (!Cancellation.IsCancellationRequested)
        {
            Assert.Fail($"{error.Message}\n{await report.WriteAsync(host, TransportTests.ChildWith(host.Id, handlerName))}");
        }
        finally
        {
            host.Kill(entireProcessTree: true);
            await host.WaitForExitAsync(CancellationToken.None);
        }
    }

    // What a machine without a way to the extension bundle needs: the extension in the folder itself; and the app, as it was built.
    private static void Prepare(string folder, bool isIsolated)
    {
        var hostJson = Path.Combine(folder, "host.json");
        var json = JsonNode.Parse(File.ReadAllText(hostJson))!.AsObject();
        json.Remove("extensionBundle");
        json["extensions"]!["queues"]!["visibilityTimeout"] = "00:00:01";
        File.WriteAllText(hostJson, json.ToJsonString());
        foreach (var file in Directory.EnumerateFiles(folder, "function.json", SearchOption.AllDirectories).Where(file => Path.GetDirectoryName(file)!.EndsWith("-collector", StringComparison.Ordinal)))
        {
            // A run at the schedule's own time would add what is looked at here, or hide what is missing.
            var function = JsonNode.Parse(File.ReadAllText(file))!;
            function["bindings"]![0]!["schedule"] = "0 0 0 29 2 *";
            File.WriteAllText(file, function.ToJsonString());
        }

        if (isIsolated)
        {
            Copy(s_worker!, folder);
            return;
        }

        Copy(s_extensions!, Path.Combine(folder, "bin"));
        Copy(Command.InCheckout("functions", "App", "bin", "Release", "net10.0"), Path.Combine(folder, "app"));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!File.Exists(target))
            {
                // What was compiled wins, as in the package.
                File.Copy(file, target);
            }
        }
    }

    private static async Task<BlobContainerClient> UploadAsync(string connection, string folder)
    {
        var container = new BlobContainerClient(connection, "intelmq");
        await container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "feeds"), "*", SearchOption.AllDirectories))
        {
            await container.GetBlobClient(Path.GetRelativePath(folder, file)).UploadAsync(file, overwrite: true, Cancellation);
        }

        return container;
    }

    private static Process StartHost(string app, string secrets, int port, string connection, bool isIsolated, params IReadOnlyList<string> functions)
    {
        Directory.CreateDirectory(secrets);
        File.WriteAllText(
            Path.Combine(secrets, "host.json"),
            $$"""{"masterKey":{"name":"master","value":"{{Key}}","encrypted":false},"functionKeys":[],"systemKeys":[]}""");
        Directory.CreateDirectory(Path.Combine(s_host!, "workers"));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(s_host!, "Microsoft.Azure.WebJobs.Script.WebHost.dll")])
        {
            WorkingDirectory = app,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("CONTAINER_NAME");
        start.Environment["AzureWebJobsScriptRoot"] = app;
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = isIsolated ? "dotnet-isolated" : "custom";
        if (isIsolated)
        {
            // The platform and 'func start' say so too; the plain host looks elsewhere.
            start.Environment["languageWorkers__dotnet-isolated__workerDirectory"] = app;
        }

        start.Environment["AzureWebJobsSecretStorageType"] = "files";
        start.Environment["FUNCTIONS_SECRETS_PATH"] = secrets;
        start.Environment["AzureFunctionsWebHost__hostid"] = "intelmq" + port.ToString(CultureInfo.InvariantCulture);
        start.Environment["AzureFunctionsJobHost__logging__console__isEnabled"] = "true";

        // Each request to the storage otherwise.
        start.Environment["AzureFunctionsJobHost__logging__logLevel__Azure.Core"] = "Error";
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        foreach (var name in (string[])["AzureWebJobsStorage", "IntelMqStorage", "IntelMqQueues"])
        {
            start.Environment[name] = connection;
        }

        for (var i = 0; i < functions.Count; i++)
        {
            start.Environment[string.Create(CultureInfo.InvariantCulture, $"AzureFunctionsJobHost__functions__{i}")] = functions[i];
        }

        return Process.Start(start)!;
    }

    // The functions for which a host keeps the lock of their timer.
    private static List<string> Timers(string connection, int port) => new BlobContainerClient(connection, "azure-webjobs-hosts")
        .GetBlobs(global::Azure.Storage.Blobs.Models.BlobTraits.None, global::Azure.Storage.Blobs.Models.BlobStates.None, string.Create(CultureInfo.InvariantCulture, $"locks/intelmq{port}/Host.Functions."), Cancellation)
        .Select(blob => blob.Name).ToList();

    private static async Task CollectAsync(HttpMessageInvoker http, int port)
    {
        foreach (var collector in (string[])["honeypot-collector", "telnet-collector", "phishing-collector", "c2-collector"])
        {
            await TriggerAsync(http, port, collector);
        }
    }

    // The host answers 202 as soon as it knows the function.
    private static async Task TriggerAsync(HttpMessageInvoker http, int port, string function)
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromMinutes(1);)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/admin/functions/{function}")
                {
                    Content = new StringContent("""{"input":"once-1"}""", System.Text.Encoding.UTF8, "application/json"),
                };
                request.Headers.Add("x-functions-key", Key);
                using var response = await http.SendAsync(request, Cancellation);
                if (response.StatusCode == HttpStatusCode.Accepted)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100, Cancellation);
        }

        Assert.Fail($"The host did not take the call of '{function}'.");
    }

    private static async Task<int> HandlerOfAsync(int host, string name)
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromMinutes(1);)
        {
            if (TransportTests.ChildWith(host, name) is { } handler)
            {
                return handler;
            }

            await Task.Delay(20, Cancellation);
        }

        throw new InvalidOperationException("The host started no handler.");
    }

    private static async Task<List<string>> EventsAsync(BlobContainerClient container, int count, string file)
    {
        var blob = container.GetBlobClient("output/events.jsonl");
        List<string> lines = [];
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromMinutes(3) && lines.Count < count;)
        {
            await Task.Delay(200, Cancellation);
            if (await blob.ExistsAsync(Cancellation))
            {
                await blob.DownloadToAsync(file, Cancellation);
                lines = OutputLines.Read(file, "feed.url");
            }
        }

        return lines;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
