// README.md of a compiled folder: what it holds and what to do next.
using System.Text;
using IntelMq.Pipeline.Deployment;

namespace IntelMq.Pipeline.Compile;

/// <summary>Writes the README.md of a compiled folder.</summary>
internal sealed class NextSteps(CompiledApp app, CompileOptions options, IReadOnlyList<DeployedApp> apps)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "README.md";

    private readonly StringBuilder _text = new();

    // Connection strings are for emulators.
    private bool IsDeployable => options.Authentication == CompileOptions.DefaultAuthentication;

    private bool IsIsolated => options.Worker == WorkerFile.Isolated;

    public string Text(IReadOnlyList<string> transports, IReadOnlyList<CompiledSecret> secrets, IReadOnlyList<CompiledUpload> uploads)
    {
        Line("# A pipeline as a function app");
        Line();
        Line($"Written by `intelmq compile` for {string.Join(" and ", transports)} on the plan {options.HostingPlan}. Compiling again replaces these files; yours are not touched.");
        Line();
        Line("| file | what it is |");
        Line("|---|---|");
        Line("| `NAME/function.json` | a function: what starts it and where it sends |");
        Line("| `host.json` | what holds for all functions |");
        Line("| `names.json` | which function serves which bot, for the app |");
        Line("| `pipeline/` | the pipeline file without secrets, and the inputs that are packed with it |");
        if (IsDeployable)
        {
            Line("| `main.bicepparam`, `infra/` | the Bicep templates, and what they are told |");
        }

        if (IsIsolated)
        {
            Line("| `worker.config.json` | how the host starts the isolated worker |");
        }

        if (EmulatorFiles.Notes(transports, app).Any())
        {
            Line($"| `{EmulatorFiles.Folder}` | what the emulators of the brokers make when they start |");
        }

        Line("| `local.settings.json` | the settings of `func start`: emulators, no secrets; edit it as you like |");
        Line();
        Line("## On this machine");
        Line();
        Line(IsIsolated
            ? "`intelmq publish . --out app.zip` makes the package; unpack it here, start the emulators, then:"
            : "`intelmq publish . --out app.zip` makes the package; unpack its `app/` here, start the emulators, then:");
        Line();
        Line("```");
        Line("func start");
        Line("```");
        Line();
        foreach (var note in EmulatorFiles.Notes(transports, app))
        {
            Line(note);
            Line();
        }

        WriteDeployment(uploads, secrets);
        WriteSettings(transports);
        WriteSecrets(secrets);
        WriteFunctions();
        return _text.ToString();
    }

    private void WriteDeployment(IReadOnlyList<CompiledUpload> uploads, IReadOnlyList<CompiledSecret> secrets)
    {
        Line("## In Azure");
        Line();
        if (!IsDeployable)
        {
            Line("Not with this folder: it was compiled with `--authentication connection-string`, which is for emulators. Compile without it.");
            Line();
            return;
        }

        Line("```");
        Line("az group create --name GROUP --location REGION");
        Line("az deployment group create --name intelmq --resource-group GROUP --parameters main.bicepparam");
        if (options.HostingPlan == "container-apps")
        {
            Line("```");
            Line();
            Line("The apps run the image that `container_image` names below `global: deployment:` in the pipeline file; `docs/deploy.md` says how it is made.");
        }
        else
        {
            Line("intelmq publish . --out app.zip");
            Line("for app in $(az deployment group show --name intelmq --resource-group GROUP --query properties.outputs.functionApps.value --output tsv); do");
            if (options.HostingPlan == CompileOptions.DefaultPlan)
            {
                Line("  az functionapp deployment source config-zip --resource-group GROUP --name \"$app\" --src app.zip");
            }
            else
            {
                // These run the package from a blob.
                Line("  host=$(az functionapp config appsettings list --resource-group GROUP --name \"$app\" --query \"[?name=='AzureWebJobsStorage__accountName'].value\" --output tsv)");
                Line("  az storage blob upload --auth-mode login --account-name \"$host\" --container-name deployments --name app.zip --file app.zip --overwrite");
                Line("  az functionapp restart --resource-group GROUP --name \"$app\"");
            }

            Line("done");
            Line("```");
        }

        Line();
        if (secrets.Any(secret => secret.Reference is null))
        {
            Line("Before the first deployment set a variable for each secret below; its value goes to the Key Vault and nowhere else. Later deployments leave a secret as it is unless its variable is set.");
            Line();
        }

        if (uploads.Count > 0)
        {
            Line("Upload what the bots read (paths are relative to the pipeline file that was compiled):");
            Line();
            Line("| local | where the app looks for it |");
            Line("|---|---|");
            foreach (var upload in uploads)
            {
                Line($"| `{upload.Local}` | `{upload.Target}` |");
            }

            Line();
        }
    }

    private void WriteSettings(IReadOnlyList<string> transports)
    {
        Line("## Settings");
        Line();
        Line("The templates set them.");
        Line();
        Line("| app setting | what it holds |");
        Line("|---|---|");
        Line($"| `FUNCTIONS_WORKER_RUNTIME` | `{WorkerFile.Runtime(options)}` |");
        Line("| `AzureWebJobsStorage__accountName` | the storage account of the host |");
        Line($"| `{Connections.Storage}__accountName` | the storage account for state, dead letters, parked messages and raw data |");
        foreach (var (setting, meaning) in transports.SelectMany(transport => Connections.Settings(transport, options.Authentication)))
        {
            Line($"| `{setting}` | {meaning} |");
        }

        Line();
        foreach (var note in transports.Select(transport => HostingTable.Note(transport, options.HostingPlan!, options.Authentication)).Where(note => !string.IsNullOrEmpty(note)))
        {
            Line(note!);
            Line();
        }

        if (transports.Contains("rabbitmq"))
        {
            Line("Declare each queue with `x-dead-letter-exchange` empty and `x-dead-letter-routing-key` its name with `-poison`, and the `-poison` queue too.");
            Line();
        }
    }

    private void WriteSecrets(IReadOnlyList<CompiledSecret> secrets)
    {
        Line("## Secrets");
        Line();
        if (secrets.Count == 0)
        {
            Line("The pipeline has none.");
            Line();
            return;
        }

        Line("No file of this folder holds a secret. Each is an app setting that refers to a secret of the Key Vault; on this machine set an environment variable of that name.");
        Line();
        Line("| app setting | Key Vault secret | what it is |");
        Line("|---|---|---|");
        foreach (var secret in secrets)
        {
            Line($"| `{secret.Setting}` | {(secret.Reference is null ? $"`{secret.VaultName}`" : "the reference that the pipeline file gives")} | {Cell(secret.Key)} of {Cell(secret.Owner)}: {Cell(secret.Description)} |");
        }

        Line();
    }

    private void WriteFunctions()
    {
        Line("## Functions");
        Line();
        var homes = apps.SelectMany(one => one.Functions.Select(function => (function.Name, App: one.Name))).ToDictionary(home => home.Name, home => home.App, StringComparer.Ordinal);
        Line($"Each runs in the function app of the given name; {(apps.Count == 1 ? "there is one" : $"there are {apps.Count}")}.");
        Line();
        Line("| function | app | bot | started by |");
        Line("|---|---|---|---|");
        foreach (var function in app.Functions)
        {
            var queue = app.Queues.FirstOrDefault(queue => queue.Name == function.Trigger.Queue);
            var start = queue is null ? $"`{function.Trigger.Schedule}`" : $"`{(function.Kind == FunctionKind.Poison ? queue.Poison : queue.Entity)}`";
            Line($"| `{function.Name}` | {homes[function.Name]} | {(function.Bot is null ? "" : $"`{function.Bot}`")} | {start} |");
        }
    }

    // A table cell must stay one.
    private static string Cell(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Replace("|", "\\|", StringComparison.Ordinal);

    private void Line(string text = "") => _text.Append(text).Append('\n');
}
