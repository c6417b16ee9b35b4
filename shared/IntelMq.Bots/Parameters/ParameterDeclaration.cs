// What is declared about one parameter.
using System.Collections;
using System.Reflection;
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Bots;

/// <summary>A parameter as declared: read from the parameters record once, used for binding, documentation, schema and forms.</summary>
public sealed record ParameterDeclaration
{
    /// <summary>The key in the pipeline file.</summary>
    public required string Key { get; init; }

    /// <summary>A further key under which existing files know the parameter.</summary>
    public string? Alias { get; init; }

    /// <summary>The property that takes the value.</summary>
    public required PropertyInfo Property { get; init; }

    /// <summary>The type for people: integer, number, boolean, text, list of texts, map, any, or "one of …".</summary>
    public required string TypeName { get; init; }

    /// <summary>The default; <see cref="Value.Missing"/> where there is none.</summary>
    public Value Default { get; init; }

    /// <summary>The allowed texts; empty for no restriction.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>The record that declares the parameter.</summary>
    public required Type DeclaredBy { get; init; }

    /// <summary>The declared rules and texts.</summary>
    public required ParameterAttribute Rules { get; init; }

    /// <summary>The documentation.</summary>
    public string Description => Rules.Description;

    /// <summary>Whether the pipeline file must give a value.</summary>
    public bool Required => Rules.Required;

    /// <summary>Whether the value is never shown.</summary>
    public bool Secret => Rules.Secret;

    /// <summary>Whether null is a value.</summary>
    public bool Nullable { get; private init; }

    /// <summary>The parameters of a record: its own first, then inherited ones; in the order of declaration.</summary>
    /// <exception cref="InvalidOperationException">A property has no <see cref="ParameterAttribute"/>, or a key appears twice.</exception>
    public static IReadOnlyList<ParameterDeclaration> Of(Type parametersRecord)
    {
        var defaults = Activator.CreateInstance(parametersRecord)!;
        // One per call: it is not safe for several threads.
        var nullability = new NullabilityInfoContext();
        var found = new List<ParameterDeclaration>();
        for (var type = parametersRecord; type != typeof(object); type = type.BaseType!)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite))
            {
                if (found.All(known => known.Property.Name != property.Name))
                {
                    found.Add(Declare(parametersRecord, property, defaults, nullability));
                }
            }
        }

        var twice = found.SelectMany(known => known.Alias is null ? [known.Key] : new[] { known.Key, known.Alias }).GroupBy(key => key).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? found : throw new InvalidOperationException($"The parameter '{twice.Key}' is declared twice in {parametersRecord.FullName}.");
    }

    /// <summary>snake_case of a property's name: <c>HttpVerifyCert</c> is <c>http_verify_cert</c>.</summary>
    public static string KeyOf(string propertyName)
    {
        var key = new StringBuilder();
        for (var i = 0; i < propertyName.Length; i++)
        {
            var startsWord = char.IsUpper(propertyName[i]) && i > 0 && (!char.IsUpper(propertyName[i - 1]) || (i + 1 < propertyName.Length && char.IsLower(propertyName[i + 1])));
            key.Append(startsWord ? "_" : "").Append(char.ToLowerInvariant(propertyName[i]));
        }

        return key.ToString();
    }

    private static ParameterDeclaration Declare(Type record, PropertyInfo property, object defaults, NullabilityInfoContext nullability)
    {
        var rules = AttributeOf(property) ?? throw new InvalidOperationException($"The property {record.FullName}.{property.Name} has no [Parameter] with its documentation.");
        var type = System.Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var allowed = type.IsEnum ? type.GetEnumNames().Select(name => KeyOf(name).Replace('_', '-')).ToArray() : rules.Allowed;
        return new ParameterDeclaration
        {
            Key = rules.Key ?? KeyOf(property.Name),
            Alias = rules.Alias,
            Property = property,
            TypeName = allowed.Length > 0 ? "one of " + string.Join(", ", allowed) : NameOf(type),
            Default = rules.Required ? Value.Missing : ToValue(property.GetValue(defaults)),
            Allowed = allowed,
            DeclaredBy = property.DeclaringType!,
            Rules = rules,
            Nullable = System.Nullable.GetUnderlyingType(property.PropertyType) is not null
                || (!property.PropertyType.IsValueType && nullability.Create(property).WriteState == NullabilityState.Nullable),
        };
    }

    // An overriding property may leave the documentation to the one it overrides.
    private static ParameterAttribute? AttributeOf(PropertyInfo property)
    {
        for (var type = property.DeclaringType; type is not null; type = type.BaseType)
        {
            if (type.GetProperty(property.Name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)?.GetCustomAttribute<ParameterAttribute>() is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string NameOf(Type type) => type switch
    {
        _ when type == typeof(bool) => "boolean",
        _ when type == typeof(int) || type == typeof(long) => "integer",
        _ when type == typeof(double) => "number",
        _ when type == typeof(string) => "text",
        _ when type == typeof(ValueMap) => "map",
        _ when type == typeof(Value) => "any",
        _ when typeof(IEnumerable<string>).IsAssignableFrom(type) => "list of texts",
        _ => throw new InvalidOperationException($"{type} is no type for a parameter. Allowed: bool, int, long, double, string, an enumeration, IReadOnlyList<string>, ValueMap, Value."),
    };

    private static Value ToValue(object? value) => value switch
    {
        null => Value.Missing,
        bool flag => flag,
        int number => number,
        long number => number,
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => (long)number,
        double number => number,
        string text => text,
        Enum member => KeyOf(member.ToString()).Replace('_', '-'),
        Value any => any,
        ValueMap map => Value.Of(map),
        IEnumerable list => Value.Of(list.Cast<string>().Select(Value.Of)),
        _ => Value.Missing,
    };
}
