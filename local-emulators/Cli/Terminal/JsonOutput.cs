// JSON on stdout.
using IntelMq.DataFormat;

namespace IntelMq.Cli.Terminal;

/// <summary>Prints values as one line of JSON.</summary>
internal static class JsonOutput
{
    public static void Print(in Value value) => Console.WriteLine(JsonText.Compact(value));
}
