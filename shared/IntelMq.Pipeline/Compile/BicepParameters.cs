// main.bicepparam: what the templates of infra/ are told about the pipeline.
using System.Globalization;
using System.Text;
using IntelMq.Bots;

namespace IntelMq.Pipeline.Compile;

/// <summary>Writes main.bicepparam: transport, plan, functions with their bots, queues and secrets by name; no value of a secret.</summary>
internal sealed class BicepParameters(Pipeline pipeline, CompiledApp app, CompileOptions options)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "main.bicepparam";

    private const int MostStandardHubs = 10;

    private readonly StringBuilder _text = new();

    public string Text(IReadOnlyList<string> transports, IReadOnlyList<CompiledSecret> secrets)
    {
        Line("// Written by 'intelmq compile'; compiling again replaces it. Give parameters of your own on the command line or in a file of your own.");
        Line("using 'main.bicep'");
        Line();
        Parameter("The transport of queues that name none of their own.", "transport", Quoted(app.Transport));
        Parameter("All transports in use: a broker is needed for each.", "transports", List(transports));
        Parameter("flex-consumption, premium, container-apps or dedicated.", "hostingPlan", Quoted(options.HostingPlan));
        Parameter("identity, or connection-string for emulators.", "authentication", Quoted(options.Authentication));
        Parameter("The instance: part of every message id, so two instances never give the same.", "instance", Quoted(pipeline.InstanceName));
        if (options.Worker == WorkerFile.Isolated)
        {
            Parameter("The app setting FUNCTIONS_WORKER_RUNTIME.", "workerRuntime", Quoted(WorkerFile.Runtime(options)));
        }

        if (transports.Contains("event-hubs"))
        {
            var hubs = app.Queues.Count(queue => queue.Transport == "event-hubs");
            Parameter("A Standard namespace holds ten hubs.", "eventHubsTier", Quoted(hubs > MostStandardHubs ? "Premium" : "Standard"));
        }

        Parameter("The blob containers that bots read or write.", "blobContainers", List(BlobContainers()));
        WriteBots();
        WriteServices();
        WriteQueues();
        WriteSecrets(secrets);
        return _text.ToString();
    }

    private void WriteBots()
    {
        Line("// The bots, a function each. 'single': one invocation at a time, so give it an app of its own with one instance and these settings.");
        Line("param bots = [");
        foreach (var function in app.Functions.Where(function => function.RunsBot))
        {
            var bot = pipeline.Find(function.Bot!)!;
            Line($"  // {OneLine(bot.Descriptor.Description)}");
            foreach (var given in bot.Descriptor.Parameters.Where(parameter => bot.RawParameters.ContainsKey(parameter.Key) || (parameter.Alias is { } alias && bot.RawParameters.ContainsKey(alias))))
            {
                Line($"  //   {given.Key} ({given.TypeName}{(given.Secret ? ", secret" : "")}): {OneLine(given.Description)}");
            }

            Line("  {");
            Line($"    id: {Quoted(bot.Id)}");
            Line($"    function: {Quoted(function.Name)}");
            Line($"    kind: {Quoted(bot.Descriptor.Kind.ToString().ToLowerInvariant())}");
            Line($"    module: {Quoted(bot.Descriptor.Id)}");
            Line($"    queue: {(function.Trigger.Queue is { } queue ? Quoted(Entity(queue)) : "null")}");
            Line($"    schedule: {(function.Trigger.Schedule is { } schedule ? Quoted(schedule) : "null")}");
            Line($"    scale: {{ minimum: {Number(bot.Scale?.Minimum ?? 0)}, maximum: {Maximum(bot)} }}");
            Line($"    single: {(function.Single ? "true" : "false")}");
            WriteOneAtATime(function);
            Line("  }");
        }

        Line("]");
        Line();
    }

    private void WriteOneAtATime(CompiledFunction function)
    {
        var settings = function.Single && function.Trigger.Queue is { } queue ? HostFile.OneAtATime(TransportOf(queue)).ToArray() : [];
        if (settings.Length == 0)
        {
            Line("    settings: {}");
            return;
        }

        Line("    settings: {");
        foreach (var (setting, value) in settings)
        {
            Line($"      {setting}: {Quoted(value)}");
        }

        Line("    }");
    }

    private void WriteServices() => Parameter(
        "The functions that serve the whole app: dead letters of what the broker gave up on, parked messages, expired state.",
        "services",
        List(app.Functions.Where(function => !function.RunsBot).Select(function => function.Name)));

    private void WriteQueues()
    {
        Line("// The queues, hubs or topics, with those of the messages that the broker gave up on where it does not make them itself.");
        Line("param queues = [");
        foreach (var queue in app.Queues)
        {
            var poison = queue.Transport is "kafka" or "rabbitmq" ? Quoted(queue.Poison!) : "null";
            Line($"  {{ name: {Quoted(queue.Entity)}, transport: {Quoted(queue.Transport)}, partitions: {Number(Partitions.Of(queue, pipeline, app))}, poison: {poison} }}");
        }

        Line("]");
        Line();
    }

    private void WriteSecrets(IReadOnlyList<CompiledSecret> secrets)
    {
        Line("// The secrets: an app setting each, which refers to a secret of the Key Vault. No value stands here.");
        Line("param secrets = [");
        foreach (var secret in secrets)
        {
            Line($"  // {OneLine(secret.Key)} of {OneLine(secret.Owner)}: {OneLine(secret.Description)}");
            Line($"  {{ setting: {Quoted(secret.Setting)}, secretName: {Quoted(secret.VaultName)}, reference: {(secret.Reference is { } reference ? Quoted(reference) : "null")} }}");
        }

        Line("]");
    }

    private IEnumerable<string> BlobContainers() => pipeline.Bots
        .SelectMany(bot => bot.Descriptor.Parameters.Where(parameter => parameter.Rules.Path != PathUse.None)
            .Select(parameter => bot.RawParameters.TryGetValue(parameter.Key, out var value) || (parameter.Alias is { } alias && bot.RawParameters.TryGetValue(alias, out value)) ? value.AsText() : null))
        .Append(options.Files)
        .Where(path => path?.StartsWith("blob:", StringComparison.Ordinal) == true)
        .Select(path => path!["blob:".Length..].Split('/')[0])
        .Distinct().Order(StringComparer.Ordinal);

    private string Entity(string queue) => Queue(queue).Entity;

    private string TransportOf(string queue) => Queue(queue).Transport;

    private CompiledQueue Queue(string name) => app.Queues.First(queue => queue.Name == name);

    private static string Maximum(BotInstance bot) => bot.Descriptor.Declaration.Single ? "1" : bot.Scale?.Maximum is { } maximum ? Number(maximum) : "null";

    private void Parameter(string comment, string name, string value)
    {
        Line("// " + comment);
        Line($"param {name} = {value}");
        Line();
    }

    private void Line(string text = "") => _text.Append(text).Append('\n');

    private static string List(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Quoted))}]";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    /// <summary>A text as Bicep writes it.</summary>
    internal static string Quoted(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '\\' => @"\\",
                '\'' => @"\'",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                '$' => @"\$",
                _ when char.IsControl(character) => $"\\u{{{(int)character:x}}}",
                _ => character.ToString(),
            });
        }

        return quoted.Append('\'').ToString();
    }
}
