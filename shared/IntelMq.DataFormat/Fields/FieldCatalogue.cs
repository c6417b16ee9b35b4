// Which fields exist: the built-in ones, and those a harmonization.conf adds or changes.
using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace IntelMq.DataFormat;

/// <summary>
/// The fields that messages may carry, by name. Immutable. <see cref="Default"/> is the built-in data format;
/// <see cref="With"/> makes a catalogue with further or changed fields.
/// </summary>
public sealed class FieldCatalogue
{
    private static readonly SearchValues<char> s_nameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.");

    private const int MaxRememberedExtras = 4096;

    private readonly Dictionary<string, Field> _fields;
    private readonly Utf8FieldTable _byBytes;
    private readonly ConcurrentDictionary<string, Field> _extras = new(StringComparer.Ordinal);

    private FieldCatalogue(IEnumerable<Field> fields, TimeProvider clock)
    {
        _fields = fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        _byBytes = new Utf8FieldTable(_fields.Values);
        Clock = clock;
    }

    /// <summary>The built-in data format.</summary>
    public static FieldCatalogue Default { get; } = new(BuiltIn(typeof(Fields)), TimeProvider.System);

    /// <summary>All fields, sorted by name.</summary>
    public IEnumerable<Field> All => _fields.Values.OrderBy(known => known.Name, StringComparer.Ordinal);

    /// <summary>The clock that completes dates which lack parts.</summary>
    public TimeProvider Clock { get; }

    /// <summary>This catalogue with further fields; a field of the same name replaces the one that is there.</summary>
    public FieldCatalogue With(IEnumerable<Field> fields)
    {
        var all = new Dictionary<string, Field>(_fields, StringComparer.Ordinal);
        foreach (var field in fields)
        {
            all[field.Name] = field;
        }

        return new FieldCatalogue(all.Values, Clock);
    }

    /// <summary>This catalogue with another clock.</summary>
    public FieldCatalogue With(TimeProvider clock) => new(_fields.Values, clock);

    /// <summary>
    /// The field of a name: a known field, or one below <c>extra</c> whose name is well formed.
    /// </summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Field? field) =>
        _fields.TryGetValue(name, out field) || (name.StartsWith("extra.", StringComparison.Ordinal) && TryGetExtra(name, out field));

    /// <summary>The field of a name.</summary>
    /// <exception cref="InvalidKeyException">There is no such field.</exception>
    public Field Get(string name) => TryGet(name, out var field) ? field : throw new InvalidKeyException(name);

    /// <summary>This catalogue's version of a field (a harmonization.conf may have changed its rules).</summary>
    public Field Resolve(Field field) =>
        ReferenceEquals(this, Default) || field.IsExtra ? field : _fields.GetValueOrDefault(field.Name, field);

    /// <summary>Whether a name is well formed: lower-case letters, digits and underscores, parts joined by dots.</summary>
    public static bool IsWellFormed(string name)
    {
        // The first part begins with no digit and has two characters at least, the others have one.
        var first = name.IndexOf('.', StringComparison.Ordinal) is var dot && dot < 0 ? name.Length : dot;
        return first >= 2 && !char.IsAsciiDigit(name[0]) && !name.AsSpan().ContainsAnyExcept(s_nameCharacters)
            && !name.EndsWith('.') && !name.Contains("..", StringComparison.Ordinal);
    }

    /// <summary>The field of a name in UTF-8 without escapes; null where there is none.</summary>
    internal Field? Find(ReadOnlySpan<byte> name) => _byBytes.Find(name) ?? (TryGet(System.Text.Encoding.UTF8.GetString(name), out var field) ? field : null);

    /// <summary>A field below <c>extra</c> whose name nobody checked: a feed's own names, stored as they came.</summary>
    internal Field ExtraAsItCame(string name)
    {
        if (_extras.TryGetValue(name, out var known))
        {
            return known;
        }

        var field = new Field(name, FieldTypes.Anything, "", FieldRules.None, MessageKinds.Report | MessageKinds.Event, isExtra: true);

        // Remembering makes later look-ups cheap; the bound keeps a hostile feed from filling the memory.
        if (_extras.Count < MaxRememberedExtras)
        {
            field = _extras.GetOrAdd(name, field);
            _byBytes.Remember(field);
        }

        return field;
    }

    private bool TryGetExtra(string name, [NotNullWhen(true)] out Field? field)
    {
        if (_extras.TryGetValue(name, out field))
        {
            return IsWellFormed(name);
        }

        field = IsWellFormed(name) ? ExtraAsItCame(name) : null;
        return field is not null;
    }

    private static IEnumerable<Field> BuiltIn([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicNestedTypes)] Type group) =>
        group.GetProperties(BindingFlags.Public | BindingFlags.Static).Select(property => (Field)property.GetValue(null)!)
            .Concat(group.GetNestedTypes().SelectMany(nested => BuiltIn(nested)));
}
