// A bomb must not explode in memory either.
using System.IO.Compression;
using IntelMq.Bots;

// Memory is measured here: nothing else may run meanwhile.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace IntelMq.Collectors.Tests;

public sealed class BombMemoryTests
{
    private const int Unpacked = 256 * 1024 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bomb_takes_little_memory(bool isZip)
    {
        var bomb = isZip ? Zip() : Gzip();
        await using var collector = await RunningCollector.StartAsync("http.collector_http", """{"http_url": "https://feed.example.com/archive", "extract_files": true}""", new ScriptedServer(bomb));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<InvalidRecordException>(collector.RunAsync);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 16 * 1024 * 1024);
    }

    private static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("zeros").Open();
            Fill(entry);
        }

        return bytes.ToArray();
    }

    private static byte[] Gzip()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            Fill(gzip);
        }

        return bytes.ToArray();
    }

    private static void Fill(Stream packed)
    {
        var zeros = new byte[1024 * 1024];
        for (var written = 0; written < Unpacked; written += zeros.Length)
        {
            packed.Write(zeros);
        }
    }
}
