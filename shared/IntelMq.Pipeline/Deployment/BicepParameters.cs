// main.bicepparam: what the templates of infra/ are told about the pipeline.
using IntelMq.Pipeline.Compile;

namespace IntelMq.Pipeline.Deployment;

/// <summary>Writes main.bicepparam: transports, plan, apps with their functions and rights, queues and secrets by name; no value of a secret.</summary>
internal sealed class BicepParameters(Pipeline pipeline, CompiledApp app, CompileOptions options, IReadOnlyList<CompiledSecret> secrets, IReadOnlyList<DeployedApp> apps)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "main.bicepparam";

    private readonly BicepText _text = new();

    public string Text(IReadOnlyList<string> transports)
    {
        _text.Line("// Written by 'intelmq compile'; compiling again replaces it. What stands below 'global: deployment:' in the pipeline file is written here too.");
        _text.Line($"using '{BicepTemplates.Main}'");
        _text.Line();
        _text.Parameter("All transports in use: a broker is needed for each.", "transports", BicepText.List(transports));
        _text.Parameter("flex-consumption, premium, dedicated or container-apps.", "hostingPlan", BicepText.Quoted(options.HostingPlan!));
        _text.Parameter("The instance: part of every message id, so two instances never give the same.", "instance", BicepText.Quoted(pipeline.InstanceName));
        _text.Parameter("The app setting FUNCTIONS_WORKER_RUNTIME.", "workerRuntime", BicepText.Quoted(WorkerFile.Runtime(options)));
        WriteSettings(transports);
        _text.Parameter("The blob containers that bots read or write.", "blobContainers", BicepText.List(apps.SelectMany(one => one.Containers.Reads.Concat(one.Containers.Writes)).Append(Base()).OfType<string>().Distinct().Order(StringComparer.Ordinal)));
        WriteApps();
        WriteQueues();
        WriteSecrets();
        return _text.ToString();
    }

    private void WriteSettings(IReadOnlyList<string> transports)
    {
        foreach (var key in DeploymentKey.All.Where(key => key.Parameter.Length > 0 && key.Name != "plan"))
        {
            if (Wanted(key, transports) is { } value)
            {
                _text.Parameter(key.Description, key.Parameter, value);
            }
        }
    }

    // What the pipeline needs wins over what its file says, where the other way round nothing would run.
    private string? Wanted(DeploymentKey key, IReadOnlyList<string> transports) => key.Name switch
    {
        "event_hubs_tier" when EventHubsTier.IsPremium(app) => BicepText.Quoted("Premium"),
        "service_bus_tier" when transports.Contains("service-bus") && pipeline.Deployment.Text("network") == "private" => BicepText.Quoted("Premium"),
        _ => pipeline.Deployment.Values.TryGetValue(key.Name, out var value) ? BicepText.Of(value) : null,
    };

    private void WriteApps()
    {
        _text.Line("// The function apps: what each serves, which queues it takes from and sends to, and what else it may touch.");
        _text.Line("param apps = [");
        foreach (var one in apps)
        {
            _text.Line("  {");
            _text.Line($"    name: {BicepText.Quoted(one.Name)}");
            _text.Line("    functions: [");
            foreach (var function in one.Functions)
            {
                WriteFunction(function);
            }

            _text.Line("    ]");
            _text.Line($"    reads: {BicepText.List(one.Reads)}");
            _text.Line($"    writes: {BicepText.List(one.Writes)}");
            _text.Line($"    readsContainers: {BicepText.List(one.Containers.Reads)}");
            _text.Line($"    writesContainers: {BicepText.List(one.Containers.Writes)}");
            _text.Line($"    secrets: {BicepText.List(one.Secrets)}");
            _text.Line($"    maximumInstances: {(one.Maximum is { } maximum ? BicepText.Number(maximum) : "null")}");
            _text.Line($"    alwaysReady: {BicepText.Map("      ", one.AlwaysReady.Select(ready => (ready.Key, BicepText.Number(ready.Value))))}");
            _text.Line($"    settings: {BicepText.Map("      ", one.Settings.Select(setting => (setting.Setting, BicepText.Quoted(setting.Value))))}");
            _text.Line($"    hasTimers: {(one.HasTimers ? "true" : "false")}");
            _text.Line($"    servesAll: {(one.ServesAll ? "true" : "false")}");
            _text.Line("  }");
        }

        _text.Line("]");
        _text.Line();
    }

    private void WriteFunction(CompiledFunction function)
    {
        if (function.RunsBot)
        {
            var bot = pipeline.Find(function.Bot!)!;
            _text.Line($"      // {bot.Id}, {bot.Descriptor.Id}{(function.Trigger.Schedule is { } schedule ? $", at {schedule}" : "")}: {BicepText.OneLine(bot.Descriptor.Description)}");
            foreach (var given in bot.Descriptor.Parameters.Where(parameter => bot.Given(parameter) is not null))
            {
                _text.Line($"      //   {given.Key} ({given.TypeName}{(given.Secret ? ", secret" : "")}): {BicepText.OneLine(given.Description)}");
            }
        }

        _text.Line($"      {BicepText.Quoted(function.Name)}");
    }

    private void WriteQueues()
    {
        _text.Line("// The queues, hubs or topics, with those of the messages that the broker gave up on where it has any of their own.");
        _text.Line("param queues = [");
        foreach (var queue in app.Queues)
        {
            var poison = queue.Poison is { } name && queue.Transport != "service-bus" ? BicepText.Quoted(name) : "null";
            _text.Line($"  {{ name: {BicepText.Quoted(queue.Entity)}, transport: {BicepText.Quoted(queue.Transport)}, partitions: {BicepText.Number(Partitions.Of(queue, pipeline, app))}, poison: {poison} }}");
        }

        _text.Line("]");
        _text.Line();
    }

    // The variables are those of 'intelmq run': whoever deploys sets the same ones, and what is not set stays as it is in the vault.
    private void WriteSecrets()
    {
        _text.Line("// The secrets: an app setting each, which refers to a secret of the Key Vault. No value stands here.");
        _text.Line("param secrets = [");
        foreach (var secret in secrets)
        {
            _text.Line($"  // {BicepText.OneLine(secret.Key)} of {BicepText.OneLine(secret.Owner)}: {BicepText.OneLine(secret.Description)}");
            _text.Line($"  {{ setting: {BicepText.Quoted(secret.Setting)}, secretName: {BicepText.Quoted(secret.VaultName)}, reference: {(secret.Reference is { } reference ? BicepText.Quoted(reference) : "null")} }}");
        }

        _text.Line("]");
        _text.Line();
        _text.Line("// Set these variables when you deploy for the first time or change a secret; without one the vault keeps what it has.");
        _text.Line($"param secretValues = {BicepText.Map("  ", secrets.Where(secret => secret.Reference is null).Select(secret => (secret.VaultName, $"readEnvironmentVariable({BicepText.Quoted(secret.Setting)}, '')")))}");
    }

    private string? Base() => options.Files is { } files ? AppSpread.BlobContainer(files) : null;
}
