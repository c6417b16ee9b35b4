// Finds field types by the names that harmonization.conf uses.
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace IntelMq.DataFormat;

/// <summary>The field types by name, for example <c>IPAddress</c>.</summary>
public static class FieldTypeNames
{
    private static readonly FrozenDictionary<string, FieldType> s_types = typeof(FieldTypes)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Select(property => property.GetValue(null))
        .OfType<FieldType>()
        .ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>All names, sorted.</summary>
    public static IEnumerable<string> All => s_types.Keys.Order(StringComparer.Ordinal);

    /// <summary>The type of a name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out FieldType? type) => s_types.TryGetValue(name, out type);
}
