// Compiles a pipeline into the folder of a function app.
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;
using IntelMq.Pipeline.Deployment;
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline;

/// <summary>Compiles a pipeline into the folder of a function app.</summary>
public static class AppCompiler
{
    /// <summary>The pipeline file in the folder.</summary>
    public const string PipelinePath = PipelineFolder + "runtime.yaml";

    private const string PipelineFolder = "pipeline/";

    /// <summary>The transports that a pipeline can be compiled for.</summary>
    public static IReadOnlyList<string> Transports { get; } = [.. Transport.All.Keys];

    /// <summary>The hosting plans.</summary>
    public static IReadOnlyList<string> HostingPlans => HostingTable.Plans;

    /// <summary>The ways to spread bots over apps.</summary>
    public static IReadOnlyList<string> Spreads => DeploymentSettings.Spreads;

    /// <summary>The ways an app proves who it is.</summary>
    public static IReadOnlyList<string> Authentications => HostingTable.Authentications;

    /// <summary>The ways in which the host runs an app.</summary>
    public static IReadOnlyList<string> Workers { get; } = [CompileOptions.DefaultWorker, WorkerFile.Isolated];

    /// <summary>Compiles. Mistakes are never exceptions: all are found at once and listed.</summary>
    /// <param name="pipeline">The pipeline, read from the file.</param>
    /// <param name="path">The pipeline file, as problems name it. What the environment overrides is not compiled in.</param>
    /// <param name="options">What it is compiled for.</param>
    public static CompiledFolder Compile(Pipeline pipeline, string path, CompileOptions options)
    {
        var problems = new ProblemLog(path);
        options = options.For(pipeline.Deployment);
        var file = ConfigFile.ReadYaml(path, "pipeline file", new ProblemLog(path)) ?? new ConfigMap(SourcePosition.Whole, []);
        var app = new AppPlan(pipeline, file, options).Make();
        var transports = app.Queues.Select(queue => queue.Transport).Distinct().Order(StringComparer.Ordinal).ToArray();
        var isLocal = options.Transport == Transport.Sqlite;
        if (!isLocal)
        {
            CheckHosting(app, transports, pipeline, options, problems);
        }

        if (PathRules.BaseProblem(options.Files) is { } baseProblem)
        {
            problems.Error(SourcePosition.Whole, null, baseProblem);
        }

        WarnOfEnvironment(pipeline, problems);
        var paths = new PathRules(path, options.Files, options.LocalPaths || isLocal);
        var copy = new PipelineCopy(pipeline, paths, problems);
        var files = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
        {
            [CompiledApp.FileName] = Bytes(app.ToJson()),
            [PipelinePath] = Bytes(copy.Write(file)),
        };
        foreach (var (packed, content) in paths.Packed)
        {
            files[PipelineFolder + packed] = content;
        }

        if (Path.Combine(pipeline.Directory, HarmonizationFile.Name) is var harmonization && File.Exists(harmonization))
        {
            files[PipelineFolder + HarmonizationFile.Name] = File.ReadAllBytes(harmonization);
        }

        CompiledSecret[] secrets = [.. copy.Secrets, .. transports.SelectMany(transport => Connections.Secrets(transport, options.Authentication))];
        Array.Sort(secrets, (left, right) => string.CompareOrdinal(left.Setting, right.Setting));
        var uploads = paths.Uploads.Select(upload => new CompiledUpload(upload.Key, upload.Value)).ToArray();
        if (!isLocal)
        {
            AddHostFiles(files, app, transports, options);
            foreach (var (emulator, content) in EmulatorFiles.Of(transports, pipeline, app))
            {
                files[emulator] = Json(content);
            }

            var apps = new AppSpread(pipeline, app, options, secrets).Apps();
            if (options.Authentication == CompileOptions.DefaultAuthentication)
            {
                foreach (var (template, content) in BicepTemplates.All)
                {
                    files[template] = content;
                }

                files[BicepParameters.FileName] = Bytes(new BicepParameters(pipeline, app, options, secrets, apps).Text(transports));
            }

            files[NextSteps.FileName] = Bytes(new NextSteps(app, options, apps).Text(transports, secrets, uploads));
        }

        return new CompiledFolder(app, files.Select(item => new CompiledFile(item.Key, item.Value)).ToArray(), secrets, uploads, problems.InOrder.ToArray());
    }

    private static void AddHostFiles(SortedDictionary<string, ReadOnlyMemory<byte>> files, CompiledApp app, IReadOnlyList<string> transports, CompileOptions options)
    {
        var functions = new FunctionFiles(app, options.Authentication);
        foreach (var function in app.Functions)
        {
            files[function.Name + "/function.json"] = Json(functions.Of(function));
        }

        files[HostFile.FileName] = Json(HostFile.Of(transports, options));
        files[LocalSettings.FileName] = Json(LocalSettings.Of(transports, WorkerFile.Runtime(options)));
        if (options.Worker == WorkerFile.Isolated)
        {
            files[WorkerFile.FileName] = Json(WorkerFile.Content());
        }
    }

    private static void CheckHosting(CompiledApp app, IReadOnlyList<string> transports, Pipeline pipeline, CompileOptions options, ProblemLog problems)
    {
        if (!Workers.Contains(options.Worker))
        {
            problems.Error(SourcePosition.Whole, "worker", $"'{options.Worker}' is no way to run an app. Take --worker {string.Join(" or ", Workers)}.");
        }

        foreach (var transport in transports)
        {
            var bot = pipeline.Bots.FirstOrDefault(bot => bot.Transport == transport && bot.Transport != options.Transport);
            var at = bot is null ? SourcePosition.Whole : new SourcePosition(bot.Line, 1);
            if (transport == Transport.Sqlite)
            {
                problems.Error(at, "transport", "'sqlite' is the transport of 'intelmq run' on one machine. Take another for a deployed app: --transport storage-queue.");
            }
            else if (HostingTable.Note(transport, options.HostingPlan!, options.Authentication) is null)
            {
                problems.Error(at, "transport", HostingTable.Refusal(transport, options.HostingPlan!, options.Authentication));
            }
        }

        var hubs = EventHubsTier.Hubs(app);
        if (hubs > EventHubsTier.MostPremium)
        {
            problems.Error(SourcePosition.Whole, "transport", $"The pipeline needs {hubs} event hubs; a Premium namespace holds {EventHubsTier.MostPremium}. Take --transport service-bus or storage-queue, or compile parts of the pipeline into apps of their own.");
        }
        else if (EventHubsTier.IsPremium(app))
        {
            problems.Warning(SourcePosition.Whole, "transport", $"The pipeline needs {hubs} event hubs; a Standard namespace holds {EventHubsTier.MostStandard}. {BicepParameters.FileName} therefore asks for the tier Premium; --transport service-bus or storage-queue costs less.");
        }
    }

    private static void WarnOfEnvironment(Pipeline pipeline, ProblemLog problems)
    {
        foreach (var bot in pipeline.Bots)
        {
            foreach (var key in bot.FromEnvironment)
            {
                var variable = ParameterMerge.Variable(key);
                problems.Warning(new SourcePosition(bot.Line, 1), key, $"{variable} is set here and overrides '{key}' of the bot '{bot.Id}'. The app gets what the file says: set {variable} as an app setting too, or write the value into the file.");
            }
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Json(JsonObject file)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            file.WriteTo(writer);
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }
}
