// A place in a file.
namespace IntelMq.Pipeline.Files;

/// <summary>A place in a file; line and column count from 1.</summary>
internal readonly record struct SourcePosition(int Line, int Column)
{
    /// <summary>The file as a whole.</summary>
    public static SourcePosition Whole => default;
}
