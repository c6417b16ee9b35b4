// Several values in one field.
namespace IntelMq.DataFormat;

/// <summary>Stores several values: order is relevance, no value twice, one value is a scalar.</summary>
internal static class MultipleValues
{
    public static AddResult Store(Message message, Field field, IReadOnlyList<Value> values, AddOptions options)
    {
        var proper = new List<Value>(values.Count);
        foreach (var value in values)
        {
            if (EmptyValues.IsEmpty(value))
            {
                continue;
            }

            var one = message.Proper(field, value, options);
            if (one.IsMissing)
            {
                return Message.Unfit(field, value, options);
            }

            if (!proper.Contains(one))
            {
                proper.Add(one);
            }
        }

        switch (proper.Count)
        {
            case 0:
                return AddResult.Ignored;
            case 1:
                message.Put(field, proper[0]);
                return AddResult.Added;
            default:
                message.Put(field, Value.Of(proper.ToArray()));
                return AddResult.Added;
        }
    }
}
