// How the app starts, works and ends.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using IntelMq.Pipeline;

namespace IntelMq.App.Tests;

public sealed class LifeTests : IDisposable
{
    private const string Timer = """{"Data":{"timer":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"one"}}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-life-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Names => Path.Combine(_folder, CompiledApp.FileName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_answers_before_the_pipeline_is_loaded_and_calls_wait_for_it()
    {
        Write("http://127.0.0.1:9/");
        var names = File.ReadAllText(Names);
        MakePipe();
        await using var app = AppProcess.Start(_folder);
        Assert.Equal("IntelMQ", (await app.ReadyAsync()).Text);

        // Nothing could be read from the pipe yet.
        var early = app.CallAsync("purge_state", Timer);
        await FillPipeAsync(names);
        Assert.Empty((await early).Outputs());
    }

    [Fact]
    public async Task What_cannot_be_loaded_is_told_on_stderr_and_ends_it_after_it_answered()
    {
        MakePipe();
        await using var app = AppProcess.Start(_folder);
        await app.ReadyAsync();
        var early = app.CallAsync("one", Timer);
        await FillPipeAsync("""{"version": 2, "transport": "storage-queue", "pipeline": "p", "assemblies": [], "functions": [], "queues": []}""");
        Assert.Equal(1, await app.EndAsync());
        AssertSentences(app, "It has version 2; this app reads version 1. Compile the pipeline again with 'intelmq compile'.");
        Assert.Equal(500, await StatusOfAsync(early) ?? 500);
    }

    [Theory]
    [InlineData(null, "names.json' cannot be read:")]
    [InlineData("", "names.json' cannot be read:")]
    [InlineData("null", "names.json' cannot be read:")]
    [InlineData("{\"version\":1}", "names.json' cannot be read:")]
    public async Task A_folder_without_good_names_ends_it(string? names, string sentence)
    {
        if (names is not null)
        {
            File.WriteAllText(Names, names);
        }

        await EndsWithAsync(sentence);
    }

    [Theory]
    [InlineData(null, "runtime.yaml")]
    [InlineData("one: {module: intelmq.bots.collectors.http.collector_http, parameters: {http_url: 12, http_verify: maybe}}", "http_verify")]
    [InlineData("one: {module: intelmq.bots.no_such_bot}", "no_such_bot")]
    [InlineData("one: [", "runtime.yaml")]
    [InlineData("other: {module: intelmq.bots.outputs.blackhole.output}", "The function 'one' serves the bot 'one', which the pipeline does not have.")]
    public async Task A_pipeline_with_errors_ends_it(string? pipeline, string sentence)
    {
        Write("http://127.0.0.1:9/");
        File.Delete(Path.Combine(_folder, "runtime.yaml"));
        if (pipeline is not null)
        {
            File.WriteAllText(Path.Combine(_folder, "runtime.yaml"), pipeline);
        }

        await EndsWithAsync(sentence);
    }

    [Fact]
    public async Task A_port_in_use_ends_it()
    {
        Write("http://127.0.0.1:9/");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var app = AppProcess.Start(_folder, ((IPEndPoint)listener.LocalEndpoint).Port);
        Assert.Equal(1, await app.EndAsync());
        AssertSentences(app, "address already in use");
    }

    [Fact]
    public async Task It_listens_on_the_loopback_address_only_whatever_the_environment_says()
    {
        Write("http://127.0.0.1:9/");
        var other = AppProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        await using var app = AppProcess.Start(
            _folder, null, ("ASPNETCORE_URLS", "http://*:" + other), ("ASPNETCORE_HTTP_PORTS", other), ("DOTNET_URLS", "http://*:" + other), ("URLS", "http://*:" + other));
        await app.ReadyAsync();
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, app.Port)], listeners.Where(listener => listener.Port == app.Port));
        Assert.DoesNotContain(listeners, listener => listener.Port.ToString(CultureInfo.InvariantCulture) == other);
    }

    [Theory]
    [InlineData("Logging__LogLevel__Default", "Debug", true)]
    [InlineData("Logging__LogLevel__purge_state", "debug", true)]
    [InlineData("Logging__LogLevel__Default", "Information", false)]
    [InlineData("SomethingElse", "Debug", false)]
    public async Task Settings_say_what_is_logged(string setting, string level, bool isTold)
    {
        Write("http://127.0.0.1:9/");
        await using var app = AppProcess.Start(_folder, null, (setting, level));
        await app.ReadyAsync();

        // A call that finds nothing to do is told at debug.
        Assert.Empty((await app.CallAsync("purge_state", Timer)).Outputs());
        app.Signal("TERM");
        Assert.Equal(143, await app.EndAsync());
        Assert.Equal(isTold, app.Output.Contains("\"level\":\"debug\",\"function\":\"purge_state\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_calls_work_at_once()
    {
        await using var server = new HeldServer();
        Write(server.Url);
        await using var app = await AppProcess.StartReadyAsync(_folder);
        var (one, two) = (app.CallAsync("one", Timer), app.CallAsync("two", Timer));
        await server.AskedAsync();
        await server.AskedAsync();
        Assert.Empty((await app.CallAsync("purge_state", Timer)).Outputs());
        server.Release();
        Assert.Single((await one).Only("toParse"));
        Assert.Single((await two).Only("toParse"));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Told_to_end_it_finishes_what_runs_and_takes_nothing_new(string signal)
    {
        await using var server = new HeldServer();
        Write(server.Url);
        await using var app = await AppProcess.StartReadyAsync(_folder);
        var running = app.CallAsync("one", Timer);
        await server.AskedAsync();
        app.Signal(signal);

        // It says no sooner or later; until then its answers are whole.
        var waited = Stopwatch.StartNew();
        while (await StatusOfAsync(app.SendAsync(HttpMethod.Get, "", null)) is not null)
        {
            Assert.True(waited.Elapsed < AppProcess.Patience, "It still takes calls.");
        }

        Assert.True(app.IsAlive);
        Assert.Null(await StatusOfAsync(app.CallAsync("two", Timer)));
        server.Release();
        Assert.Single((await running).Only("toParse"));
        Assert.Equal(143, await app.EndAsync());
    }

    [Fact]
    public async Task Told_to_end_while_it_starts_it_ends_without_a_stack_trace()
    {
        Write("http://127.0.0.1:9/");
        for (var i = 0; i < 8; i++)
        {
            // Where in its start the word reaches it does not matter.
            await using var app = AppProcess.Start(_folder);
            await Task.Delay(40 * i, Cancellation);
            app.Signal("TERM");
            Assert.Equal(143, await app.EndAsync());
            Assert.Empty(app.Errors.Trim('\n'));
        }
    }

    [Fact]
    public async Task It_ends_when_its_parent_is_gone()
    {
        Write("http://127.0.0.1:9/");
        var port = AppProcess.FreePort();
        var start = AppProcess.StartInfo("bash", ["-c", "dotnet \"$0\" > /dev/null 2>&1 & echo $!; wait", AppProcess.Dll], _folder, port);
        using var parent = Process.Start(start)!;
        var app = int.Parse((await parent.StandardOutput.ReadLineAsync(Cancellation))!, CultureInfo.InvariantCulture);
        await AcceptsAsync(port, app);
        parent.Kill();
        await parent.WaitForExitAsync(Cancellation);

        var waited = Stopwatch.StartNew();
        while (IsRunning(app))
        {
            Assert.True(waited.Elapsed < AppProcess.Patience, "The app is still there.");
            await Task.Delay(50, Cancellation);
        }
    }

    // An app with two collectors of one address.
    private void Write(string url)
    {
        File.WriteAllText(Path.Combine(_folder, "runtime.yaml"), $$$"""
            one: {module: intelmq.bots.collectors.http.collector_http, parameters: {http_url: '{{{url}}}', destination_queues: [parse-queue]}}
            two: {module: intelmq.bots.collectors.http.collector_http, parameters: {http_url: '{{{url}}}', destination_queues: [parse-queue]}}
            parse: {module: intelmq.bots.parsers.openphish.parser, parameters: {destination_queues: [write-queue]}}
            write: {module: intelmq.bots.outputs.blackhole.output}
            """);
        var timer = new CompiledTrigger("timerTrigger", "timer", Schedule: "0 0 0 * * *");
        CompiledFunction Collector(string name) => new() { Name = name, Kind = FunctionKind.Collect, Bot = name, Trigger = timer, Outputs = new Dictionary<string, string> { ["parse-queue"] = "toParse" } };
        var app = new CompiledApp
        {
            Transport = "storage-queue",
            Pipeline = "runtime.yaml",
            Assemblies = ["IntelMq.Collectors", "IntelMq.Outputs", "IntelMq.Parsers"],
            Functions = [Collector("one"), Collector("two"), new CompiledFunction { Name = "purge_state", Kind = FunctionKind.Purge, Trigger = timer }],
            Queues = [new CompiledQueue("parse-queue", "storage-queue", "parse-queue", 48 * 1024)],
        };
        File.WriteAllText(Names, app.ToJson());
    }

    // Names in a pipe: who opens it to read waits for who writes, so that the test decides when the app gets on.
    private void MakePipe()
    {
        File.Delete(Names);
        using var make = Process.Start("mkfifo", [Names]);
        make.WaitForExit();
    }

    private async Task FillPipeAsync(string text)
    {
        await using var pipe = new FileStream(Names, FileMode.Open, FileAccess.Write);
        await pipe.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);
    }

    private async Task EndsWithAsync(string sentence)
    {
        await using var app = AppProcess.Start(_folder);
        Assert.Equal(1, await app.EndAsync());
        AssertSentences(app, sentence);
    }

    private static void AssertSentences(AppProcess app, string part)
    {
        Assert.Contains(part, app.Errors, StringComparison.Ordinal);
        Assert.All(app.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("error: ", line, StringComparison.Ordinal));
    }

    private static async Task<int?> StatusOfAsync(Task<AppAnswer> call)
    {
        try
        {
            return (await call).Status;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task AcceptsAsync(int port, int app)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
                return;
            }
            catch (SocketException)
            {
                Assert.True(IsRunning(app), "The app ended.");
                await Task.Delay(25, Cancellation);
            }
        }
    }

    // One that ended and that nobody asked for its code still has its entry.
    private static bool IsRunning(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
