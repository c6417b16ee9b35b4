// The type of a field: how foreign values become proper ones and what is proper.
namespace IntelMq.DataFormat;

/// <summary>A field type: sanitation (foreign value to proper value) and validation. Types are stateless and shared.</summary>
public abstract class FieldType
{
    /// <summary>The name as in harmonization.conf, for example <c>IPAddress</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Turns a foreign value into the form that is stored. False where nothing sensible comes out.
    /// The result still has to pass <see cref="IsValid"/>. Input and output may be the same variable: read the one before writing the other.
    /// </summary>
    /// <param name="input">What a feed gave.</param>
    /// <param name="clock">Completes dates that lack parts ("08:16" is today).</param>
    /// <param name="output">The value to store.</param>
    public abstract bool TrySanitize(in Value input, TimeProvider clock, out Value output);

    /// <summary>Whether a value may be stored as it is.</summary>
    public abstract bool IsValid(in Value value);

    /// <summary>
    /// Sanitises and validates. Exactly <see cref="TrySanitize"/> and then <see cref="IsValid"/>; a type overrides it where sanitation has seen already
    /// that the value is valid. Without success the output means nothing.
    /// </summary>
    internal virtual bool TryMakeProper(in Value input, TimeProvider clock, out Value output) => TrySanitize(input, clock, out output) && IsValid(output);

    /// <summary>Whether the proper form depends on nothing but the value: no clock, no state. Then it may be remembered.</summary>
    internal virtual bool IsRepeatable => false;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
