// The keys under which a bot's parameters can be given.
using IntelMq.Bots;

namespace IntelMq.Pipeline.Reading;

/// <summary>The keys under which a bot's parameters can be given: names and aliases.</summary>
internal sealed class DeclaredKeys
{
    private readonly Dictionary<string, ParameterDeclaration> _declarations = new(StringComparer.Ordinal);

    public DeclaredKeys(BotDescriptor? descriptor)
    {
        foreach (var declaration in descriptor?.Parameters ?? [])
        {
            _declarations[declaration.Key] = declaration;
            if (declaration.Alias is { } alias)
            {
                _declarations[alias] = declaration;
            }
        }
    }

    public bool Has(string key) => _declarations.ContainsKey(key);

    public ParameterDeclaration? Find(string key) => _declarations.GetValueOrDefault(key);

    /// <summary>
    /// Puts a value. It replaces one that an earlier level gave under the other name of the parameter; both names on one level stay,
    /// and the binder tells.
    /// </summary>
    public void Put(Dictionary<string, GivenValue> values, string key, GivenValue value)
    {
        if (Find(key) is { Alias: { } alias } declaration)
        {
            var other = key == alias ? declaration.Key : alias;
            if (values.TryGetValue(other, out var earlier) && earlier.By < value.By)
            {
                values.Remove(other);
            }
        }

        values[key] = value;
    }
}
