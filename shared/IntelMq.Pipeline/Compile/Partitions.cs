// How many partitions the hub or topic of a queue gets.
namespace IntelMq.Pipeline.Compile;

/// <summary>Partitions limit how many instances work on a queue.</summary>
internal static class Partitions
{
    private const int Default = 4;

    /// <summary>The number of partitions: as many as the reader may have instances; one where it must run alone or nobody reads.</summary>
    public static int Of(CompiledQueue queue, Pipeline pipeline, CompiledApp app)
    {
        var reader = app.Functions.FirstOrDefault(function => function.Kind == FunctionKind.Work && function.Trigger.Queue == queue.Name);
        return reader is null || !reader.Single ? Math.Max(reader is null ? 1 : pipeline.Find(reader.Bot!)!.Scale?.Maximum ?? Default, 1) : 1;
    }
}
