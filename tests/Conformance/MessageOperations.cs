// IntelMQ's message operations in terms of ours.
using IntelMq.DataFormat;

namespace IntelMq.Conformance;

/// <summary>Runs a recorded operation (Python's method name and arguments) on a message.</summary>
public sealed class MessageOperations(Message message)
{
    /// <summary>The operation's result.</summary>
    public Value Run(string operation, IReadOnlyList<Value> args, ValueMap kwargs)
    {
        var key = args.Count > 0 ? args[0].AsText() ?? "" : "";
        return operation switch
        {
            "add" => Result(message.Add(key, RecordedValues.Decode(args[1]), Options(kwargs))),
            "set" => Set(key, args[1]),
            "change" => Result(message.Change(key, args[1])),
            "contains" => message.Contains(key),
            "len" => message.Count,
            "get" or "getitem" => Get(key),
            "is_valid" => IsValid(key, args[1], kwargs),
            "del" => Delete(key),
            "update" => Update(args[0]),
            "hash" => MessageHash.ComputeText(message, Filter(kwargs)),
            "copy" or "deep_copy" => Value.Of(MessageExport.ToMap(message.Clone())),
            "finditems" => Value.Of(message.WithPrefix(key).Select(slot => Value.Of([slot.Field.Name, slot.Value]))),
            _ => $"no such operation here: {operation}",
        };
    }

    private static Value Result(AddResult result) => result switch
    {
        AddResult.Added => true,
        AddResult.Refused => false,
        _ => Value.Missing,
    };

    private static AddOptions Options(ValueMap kwargs) =>
        (kwargs["overwrite"].AsBoolean() switch { true => AddOptions.Overwrite, false => AddOptions.KeepExisting, null => AddOptions.None })
        | (kwargs["sanitize"].AsBoolean() == false ? AddOptions.AsIs : AddOptions.None)
        | (kwargs["raise_failure"].AsBoolean() == false ? AddOptions.RefuseUnfit : AddOptions.None);

    private Value Set(string key, Value value)
    {
        message.Add(key, value);
        return Value.Missing;
    }

    private Value Delete(string key)
    {
        message.Remove(key);
        return Value.Missing;
    }

    private Value Update(Value items)
    {
        message.Update(RecordedValues.Decode(items).AsMap()!);
        return Value.Missing;
    }

    private static Func<Field, bool>? Filter(ValueMap kwargs)
    {
        var names = kwargs["filter_keys"].AsList().Select(name => name.AsText()).ToHashSet();
        var keep = kwargs["filter_type"].AsText() == "whitelist";
        return names.Count == 0 && !keep ? null : field => names.Contains(field.Name) == keep;
    }

    // The whole of extra is a JSON text in Python, a map here.
    private Value Get(string key) => message[key] is { Kind: ValueKind.Map } map && key == "extra" ? JsonText.Write(map, JsonStyle.Legacy) : message[key];

    // There is no such method here: a value is valid if an empty message of the kind takes it.
    private Value IsValid(string key, Value value, ValueMap kwargs)
    {
        Message empty = message.Kind == MessageKinds.Report ? new Report(message.Catalogue) : new Event(message.Catalogue);
        return empty.Add(key, value, Options(kwargs) | AddOptions.RefuseUnfit) == AddResult.Added;
    }
}
