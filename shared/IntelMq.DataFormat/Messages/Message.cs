// A message of the data format: fields in insertion order, with IntelMQ's rules for adding values.
using System.Diagnostics.CodeAnalysis;

namespace IntelMq.DataFormat;

/// <summary>
/// A report or an event. Holds some thirty fields in insertion order; a look-up is a short scan over references.
/// Messages are not thread-safe. A message that a bot was given belongs to the invocation: keep a <see cref="Clone"/>.
/// </summary>
public abstract class Message
{
    private Slot[] _slots = [];
    private int _count;
    private MessageMeta? _meta;

    // The bits of all fields that are there, and of some that were removed: a field whose bit is missing is not there.
    private ulong _present;

    private protected Message(MessageKinds kind, FieldCatalogue catalogue)
    {
        Kind = kind;
        Catalogue = catalogue;
    }

    /// <summary>A field and its value.</summary>
    /// <param name="Field">The field.</param>
    /// <param name="Value">Its value.</param>
    public readonly record struct Slot(Field Field, Value Value);

    /// <summary>Report or event.</summary>
    public MessageKinds Kind { get; }

    /// <summary>The fields that this message may carry.</summary>
    public FieldCatalogue Catalogue { get; }

    /// <summary>Identity and routing.</summary>
    public MessageMeta Meta
    {
        get => _meta ??= new MessageMeta();
        set => _meta = value;
    }

    /// <summary>The number of fields that have a value.</summary>
    public int Count => _count;

    /// <summary>The fields that have a value, in insertion order. Valid until the message changes.</summary>
    public ReadOnlySpan<Slot> Slots => _slots.AsSpan(0, _count);

    /// <summary>
    /// The value of a field, <see cref="Value.Missing"/> where it has none. <c>extra</c> gives its fields as a map, dots nested.
    /// Setting replaces what is there, after sanitation.
    /// </summary>
    public Value this[Field field]
    {
        get
        {
            var place = Find(field);
            return place >= 0 ? _slots[place].Value : ReferenceEquals(field.Type, FieldTypes.JsonDict) ? ExtraMap.Of(this) : Value.Missing;
        }

        set => Add(field, value, AddOptions.Overwrite);
    }

    /// <summary>The value of a field by name.</summary>
    /// <exception cref="InvalidKeyException">Setting a name that is no field. Reading one gives <see cref="Value.Missing"/>.</exception>
    public Value this[string key]
    {
        get => Catalogue.TryGet(key, out var field) ? this[field] : FindByName(key);
        set => Add(key, value, AddOptions.Overwrite);
    }

    /// <summary>Whether a field has a value; <c>extra</c> has one if anything lies below it.</summary>
    public bool Contains(Field field) => Find(field) >= 0 || (ReferenceEquals(field.Type, FieldTypes.JsonDict) && HasExtra());

    /// <summary>Whether a field has a value, by name.</summary>
    public bool Contains(string key) => Catalogue.TryGet(key, out var field) ? Contains(field) : !FindByName(key).IsMissing;

    /// <summary>Adds a value.</summary>
    /// <exception cref="KeyExistsException">There is a value, and neither Overwrite nor KeepExisting was given.</exception>
    /// <exception cref="InvalidKeyException">The field does not belong to this kind of message.</exception>
    /// <exception cref="InvalidValueException">The value is unfit, and RefuseUnfit was not given.</exception>
    public AddResult Add(Field field, Value value, AddOptions options = AddOptions.None)
    {
        field = Catalogue.Resolve(field);
        if ((options & AddOptions.Overwrite) == 0 && Contains(field))
        {
            return options.HasFlag(AddOptions.KeepExisting) ? AddResult.Refused : throw new KeyExistsException(field.Name);
        }

        if (EmptyValues.IsEmpty(value))
        {
            if (options.HasFlag(AddOptions.Overwrite))
            {
                Remove(field);
            }

            return AddResult.Ignored;
        }

        if ((field.Kinds & Kind) == 0)
        {
            throw new InvalidKeyException(field.Name, $"is no field of {(Kind == MessageKinds.Report ? "reports" : "events")}");
        }

        return ReferenceEquals(field.Type, FieldTypes.JsonDict)
            ? ExtraMap.AddAll(this, field, value, options)
            : Store(field, value, options);
    }

    /// <summary>Adds a value to a field by name. An empty value is ignored even for a name that is no field.</summary>
    public AddResult Add(string key, Value value, AddOptions options = AddOptions.None)
    {
        if (Catalogue.TryGet(key, out var field))
        {
            return Add(field, value, options);
        }

        if (EmptyValues.IsEmpty(value))
        {
            return AddResult.Ignored;
        }

        throw key.StartsWith("extra.", StringComparison.Ordinal)
            ? new InvalidKeyException(key, "must consist of lower-case letters, digits and underscores in parts joined by dots")
            : new InvalidKeyException(key);
    }

    /// <summary>Adds a value where there is none, and says whether it was stored. Never throws for an existing or unfit value.</summary>
    public bool TryAdd(Field field, Value value) => Add(field, value, AddOptions.KeepExisting | AddOptions.RefuseUnfit) == AddResult.Added;

    /// <summary>Adds a value by name where there is none, and says whether it was stored.</summary>
    public bool TryAdd(string key, Value value) => Add(key, value, AddOptions.KeepExisting | AddOptions.RefuseUnfit) == AddResult.Added;

    /// <summary>Adds a further value to a field that may hold several; a value that is there already is not repeated.</summary>
    public AddResult Append(Field field, Value value, AddOptions options = AddOptions.None)
    {
        var present = this[field];
        return present.IsMissing
            ? Add(field, value, options)
            : Add(field, Value.Of(present.AsList().Concat(value.AsList())), options | AddOptions.Overwrite);
    }

    /// <summary>Replaces the value of a field that has one. An empty value deletes it.</summary>
    /// <exception cref="KeyNotExistsException">The field has no value.</exception>
    public AddResult Change(string key, Value value) =>
        Contains(key) ? Add(key, value, AddOptions.Overwrite) : throw new KeyNotExistsException(key);

    /// <summary>Sets <c>raw</c> to what a feed delivered, replacing what is there.</summary>
    public void SetRaw(ReadOnlySpan<byte> data) => Put(Fields.Raw, Value.OfBase64(data));

    /// <summary>Removes a field's value and says whether there was one. Removing <c>extra</c> removes all that lies below it.</summary>
    public bool Remove(Field field)
    {
        if (ReferenceEquals(field.Type, FieldTypes.JsonDict))
        {
            var before = _count;
            Compact(slot => !slot.Field.IsExtra);
            return _count < before;
        }

        var place = Find(field);
        if (place < 0)
        {
            return false;
        }

        Array.Copy(_slots, place + 1, _slots, place, --_count - place);
        _slots[_count] = default;
        return true;
    }

    /// <summary>Removes a field's value by name.</summary>
    public bool Remove(string key) => Catalogue.TryGet(key, out var field) && Remove(field);

    /// <summary>Keeps the slots that fit and drops the others.</summary>
    public void Compact(Predicate<Slot> keep)
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (keep(_slots[i]))
            {
                _slots[kept++] = _slots[i];
            }
        }

        Array.Clear(_slots, kept, _count - kept);
        _count = kept;
    }

    /// <summary>The fields whose name starts with a prefix, in insertion order.</summary>
    public IEnumerable<Slot> WithPrefix(string prefix) =>
        _slots.Take(_count).Where(slot => slot.Field.Name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>
    /// Takes over the items of a flat map: each value as it is if it is proper, else after sanitation. Replaces what is there; empty values delete.
    /// </summary>
    public void Update(IEnumerable<KeyValuePair<string, Value>> items)
    {
        foreach (var (key, value) in items)
        {
            if (Add(key, value, AddOptions.Overwrite | AddOptions.AsIs | AddOptions.RefuseUnfit) == AddResult.Refused)
            {
                Add(key, value, AddOptions.Overwrite);
            }
        }
    }

    /// <summary>A copy of its own, independent of any buffer.</summary>
    public Message Clone()
    {
        var copy = (Message)MemberwiseClone();
        copy._slots = new Slot[Math.Max(_slots.Length, 4)];
        for (var i = 0; i < _count; i++)
        {
            copy._slots[i] = new Slot(_slots[i].Field, _slots[i].Value.Materialise());
        }

        copy._meta = _meta?.Clone();
        return copy;
    }

    /// <summary>Whether both hold the same values, in any order.</summary>
    public bool HasSameValues([NotNullWhen(true)] Message? other) =>
        other is not null && other.Kind == Kind && other._count == _count && _slots.Take(_count).All(slot => other[slot.Field] == slot.Value);

    /// <summary>Appends a field that is known to be new and proper: what the codec and the store of checked values use.</summary>
    internal void AppendUnchecked(Field field, Value value)
    {
        if (_count == _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(_count * 2, 16));
        }

        _slots[_count++] = new Slot(field, value);
        _present |= field.PresenceBit;
    }

    /// <summary>Forgets everything and keeps the memory.</summary>
    internal void Empty()
    {
        Array.Clear(_slots, 0, _count);
        (_count, _present) = (0, 0);
        _meta?.Empty();
    }

    /// <summary>Makes room for so many fields at once.</summary>
    internal void Reserve(int fields)
    {
        if (fields > _slots.Length)
        {
            Array.Resize(ref _slots, fields);
        }
    }

    internal void Put(Field field, Value value)
    {
        var place = Find(field);
        if (place >= 0)
        {
            _slots[place] = new Slot(field, value);
        }
        else
        {
            AppendUnchecked(field, value);
        }
    }

    internal int Find(Field field)
    {
        if ((_present & field.PresenceBit) == 0)
        {
            return -1;
        }

        var slots = _slots.AsSpan(0, _count);
        for (var i = 0; i < slots.Length; i++)
        {
            if (ReferenceEquals(slots[i].Field, field))
            {
                return i;
            }
        }

        if (!field.IsExtra && ReferenceEquals(Catalogue, FieldCatalogue.Default))
        {
            return -1;
        }

        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i].Field.LayoutHash == field.LayoutHash && slots[i].Field.Equals(field))
            {
                return i;
            }
        }

        return -1;
    }

    private AddResult Store(Field field, Value value, AddOptions options)
    {
        if (field.Multiple && value.Kind == ValueKind.List)
        {
            return MultipleValues.Store(this, field, value.AsList(), options);
        }

        if (Proper(field, value, options) is not { IsMissing: false } proper)
        {
            return Unfit(field, value, options);
        }

        if (options.HasFlag(AddOptions.Overwrite))
        {
            Put(field, proper);
        }
        else
        {
            // There is no value yet: that was looked at before anything else.
            AppendUnchecked(field, proper);
        }

        return AddResult.Added;
    }

    /// <summary>The proper form of a single value, or missing where it is unfit.</summary>
    internal Value Proper(Field field, Value value, AddOptions options)
    {
        var proper = value;
        var isProper = options.HasFlag(AddOptions.AsIs) ? field.Type.IsValid(value) : field.Type.TryMakeProper(value, Catalogue.Clock, out proper);
        return isProper && FitsRules(field.Rules, proper) ? proper : Value.Missing;
    }

    internal static AddResult Unfit(Field field, Value value, AddOptions options) =>
        options.HasFlag(AddOptions.RefuseUnfit) ? AddResult.Refused : throw new InvalidValueException(field.Name, value, field.Type.Name);

    private static bool FitsRules(FieldRules rules, in Value value)
    {
        if (rules is { Length: null, Pattern: null })
        {
            return true;
        }

        // The length of ports and the like is seen without making their text.
        if (rules is { Pattern: null, Length: >= 5 } && value.Kind == ValueKind.Integer && value.AsInteger() is >= 0 and <= 99_999)
        {
            return true;
        }

        var text = PythonText.Str(value);
        return (rules.Length is not { } length || text.Length <= length || text.EnumerateRunes().Count() <= length)
            && (rules.Pattern is not { } pattern || pattern.Matches(text));
    }

    private bool HasExtra() => Slots.ToArray().Any(slot => slot.Field.IsExtra);

    private Value FindByName(string key) => _slots.Take(_count).FirstOrDefault(slot => slot.Field.Name == key).Value;
}
