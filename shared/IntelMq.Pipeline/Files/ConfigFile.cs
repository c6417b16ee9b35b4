// Reads a configuration file as nodes: YAML, or JSON where that is what the file holds.
namespace IntelMq.Pipeline.Files;

/// <summary>Reads configuration files. Problems go to the log; null where nothing could be read.</summary>
internal static class ConfigFile
{
    /// <summary>A YAML file. Where a tab breaks the YAML, JSON is tried, as IntelMQ does: JSON may be indented with tabs.</summary>
    public static ConfigMap? ReadYaml(string path, string what, ProblemLog problems) =>
        TextFile.Read(path, what, problems) is { } text ? Map(() => YamlOrJson(text, problems), what, problems) : null;

    /// <summary>A JSON file.</summary>
    public static ConfigMap? ReadJson(string path, string what, ProblemLog problems) =>
        TextFile.Read(path, what, problems) is { } text ? Map(() => JsonConfig.Read(text, problems), what, problems) : null;

    private static ConfigMap? Map(Func<ConfigNode?> read, string what, ProblemLog problems)
    {
        try
        {
            var node = read();
            if (node is null or ConfigScalar { IsNull: true })
            {
                problems.Error(SourcePosition.Whole, null, $"The file is empty. A {what} is a map.");
            }
            else if (node is not ConfigMap)
            {
                problems.Error(node.At, null, $"The file is {node.Description}, but a {what} is a map: 'key: value' lines.");
            }

            return node as ConfigMap;
        }
        catch (ConfigSyntaxException error)
        {
            problems.Error(error.At, null, error.Message);
            return null;
        }
    }

    private static ConfigNode? YamlOrJson(string text, ProblemLog problems)
    {
        try
        {
            return YamlConfig.Read(text, problems);
        }
        catch (ConfigSyntaxException yamlError) when (text.Contains('\t', StringComparison.Ordinal))
        {
            try
            {
                return JsonConfig.Read(text, problems);
            }
            catch (ConfigSyntaxException) when (!text.TrimStart().StartsWith('{'))
            {
                throw new ConfigSyntaxException(yamlError.At, yamlError.Message + " YAML is indented with blanks, and the file holds tabs.");
            }
        }
    }
}
