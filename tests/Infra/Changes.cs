// What differs between two deployments.
using System.Text.Json;

namespace IntelMq.Infra.Tests;

/// <summary>What differs between two deployments.</summary>
/// <param name="Added">The ids of new resources.</param>
/// <param name="Removed">The ids of resources that are no more.</param>
/// <param name="Changed">The texts that changed: <c>TYPE properties.path: old -> new</c>.</param>
internal sealed record Changes(IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed)
{
    public static Changes Between(Deployment before, Deployment after) => new(
        after.Resources.Keys.Except(before.Resources.Keys).Order(StringComparer.Ordinal).ToArray(),
        before.Resources.Keys.Except(after.Resources.Keys).Order(StringComparer.Ordinal).ToArray(),
        before.Resources.Where(item => after.Resources.ContainsKey(item.Key)).SelectMany(item => Compare(item.Value.Type, "", item.Value.Json, after.Resources[item.Key].Json)).Distinct().Order(StringComparer.Ordinal).ToArray());

    /// <summary>The types and paths that changed, without values.</summary>
    public IEnumerable<string> Places => Changed.Select(change => change[..change.IndexOf(": ", StringComparison.Ordinal)]).Distinct();

    private static IEnumerable<string> Compare(string type, string path, JsonElement before, JsonElement after)
    {
        if (before.ValueKind == JsonValueKind.Object && after.ValueKind == JsonValueKind.Object)
        {
            var names = before.EnumerateObject().Select(property => property.Name).Union(after.EnumerateObject().Select(property => property.Name));
            return names.SelectMany(name => Compare(type, path.Length == 0 ? name : $"{path}.{name}", Get(before, name), Get(after, name)));
        }

        var (left, right) = (Text(before), Text(after));
        return left == right ? [] : [$"{type} {path}: {left} -> {right}"];
    }

    private static JsonElement Get(JsonElement map, string name) => map.TryGetProperty(name, out var value) ? value : default;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText();
}
