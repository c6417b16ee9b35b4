// How many events fit into a message of each transport, and what that costs.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using IntelMq.DataFormat;

namespace IntelMq.Benchmarks;

/// <summary>Cuts the events of the benchmark into messages, plain and compressed, and reads them again.</summary>
internal static class FrameFill
{
    private static readonly (string Transport, int Limit)[] s_transports =
        [("storage-queue", 48 * 1024), ("service-bus", 192 * 1024), ("event-hubs, kafka, rabbitmq", 900 * 1024)];

    /// <summary>Prints a table row per transport and form.</summary>
    public static async Task<int> RunAsync(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("intelmq-frames-").FullName;
        try
        {
            var events = await BenchmarkBots.EventsAsync(folder, BenchmarkBots.Report(folder, rows));
            Console.WriteLine($"{rows} events of {events.Length / rows} bytes");
            Console.WriteLine("| transport | form | messages | events per message | µs per event, written | µs per event, read |");
            Console.WriteLine("|---|---|---|---|---|---|");
            foreach (var (transport, limit) in s_transports)
            {
                Measure(transport, events, rows, limit, compress: false);
                Measure(transport, events, rows, limit, compress: true);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string transport, byte[] events, int rows, int limit, bool compress)
    {
        var texts = Write(events, limit, compress);
        var bytes = texts.ConvertAll(Encoding.UTF8.GetBytes);
        var written = MicrosecondsPer(rows, () => Write(events, limit, compress));
        var read = MicrosecondsPer(rows, () => bytes.ForEach(text => FrameText.Read(text)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {transport} | {(compress ? "compressed" : "plain")} | {texts.Count} | {(double)rows / texts.Count:0} | {written:0.00} | {read:0.00} |"));
    }

    // As a bot makes them: frames of two MiB, cut to the transport's measure.
    private static List<string> Write(byte[] events, int limit, bool compress)
    {
        var frames = new FrameWriter(compress ? 2 * 1024 * 1024 : limit - 512);
        var start = 0;
        for (; Frame.NextLine(events, ref start, out var length); start += length + 1)
        {
            frames.AddLine(events.AsSpan(start, length));
        }

        return frames.Frames().SelectMany(frame => FrameText.Write(frame.Bytes, limit - 512, compress)).Select(piece => piece.Text!).ToList();
    }

    private static double MicrosecondsPer(int events, Action work)
    {
        var best = double.MaxValue;
        for (var run = 0; run < 7; run++)
        {
            var started = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMicroseconds / events);
        }

        return best;
    }
}
