// Reads what a pipeline file says of its deployment.
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline.Deployment;

/// <summary>Reads the map <c>deployment</c> of the global part.</summary>
internal sealed class DeploymentReader(ProblemLog problems)
{
    /// <summary>Its key.</summary>
    public const string Key = "deployment";

    private readonly Shapes _shapes = new(problems);

    public DeploymentSettings Read(ConfigEntry? entry)
    {
        if (_shapes.Map(entry) is not { } map)
        {
            return DeploymentSettings.None;
        }

        var values = new Dictionary<string, Value>(StringComparer.Ordinal);
        foreach (var given in map.Entries)
        {
            if (DeploymentKey.All.FirstOrDefault(key => key.Name == given.Key) is not { } key)
            {
                problems.Error(given.At, given.Key, $"There is no '{given.Key}' in 'deployment'{problems.Hint(given.Key, DeploymentKey.All.Select(known => known.Name))}. docs/deploy.md lists what there is.");
                continue;
            }

            var value = given.Node.ToValue();
            if (key.Problem(value) is { } problem)
            {
                problems.Error(given.Node.At, given.Key, $"'{given.Key}' of 'deployment' is {(given.Node is ConfigScalar { IsNull: false } scalar ? $"'{scalar.Value}'" : given.Node.Description)}, but must be {problem}.");
                continue;
            }

            values[key.Name] = value;
        }

        var settings = new DeploymentSettings(values);
        CheckTogether(settings, map);
        return settings;
    }

    // What a template would refuse only after minutes.
    private void CheckTogether(DeploymentSettings settings, ConfigMap map)
    {
        if (settings.Number("monthly_budget") > 0 && settings.Text("budget_start") is null)
        {
            problems.Error(map["monthly_budget"]!.At, "monthly_budget", "'monthly_budget' needs 'budget_start', the first day of the month in which it begins: budget_start: '2026-12-01'.");
        }

        if (settings.Number("monthly_budget") > 0 && !(settings.Values.TryGetValue("alert_emails", out var emails) && emails.AsList().Count > 0))
        {
            problems.Error(map["monthly_budget"]!.At, "monthly_budget", "'monthly_budget' needs 'alert_emails': the addresses of those who are told.");
        }

        if (settings.Text("network") == "private" && settings.Text("service_bus_tier") == "Standard")
        {
            problems.Error(map["service_bus_tier"]!.At, "service_bus_tier", "'network: private' needs 'service_bus_tier: Premium': a Standard namespace has no private endpoint.");
        }
    }
}
