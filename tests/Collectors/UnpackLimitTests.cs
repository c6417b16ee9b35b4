// Limits of archives: what comes out of a compressed tar archive counts once.
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace IntelMq.Collectors.Tests;

public sealed class UnpackLimitTests
{
    private const int MegaByte = 1024 * 1024;

    [Fact]
    public async Task A_compressed_tar_archive_may_unpack_to_nearly_the_highest_ratio()
    {
        var file = Repetitive(24 * MegaByte, noiseEvery: 400);
        var archive = TarGzip(file);
        var ratio = file.Length / archive.Length;
        Assert.InRange(ratio, 110, 190);
        await using var collector = await RunningCollector.StartAsync(
            "http.collector_http", """{"http_url": "https://feed.example.com/archive", "extract_files": true}""", new ScriptedServer(archive));
        var report = Assert.Single(await collector.RunAsync());
        Assert.Equal(Encoding.ASCII.GetString(file), report);
    }

    // Zeros with a byte of noise here and there: as regular as a log, and less than a bomb.
    private static byte[] Repetitive(int length, int noiseEvery)
    {
        var noise = new Random(1);
        var bytes = new byte[length];
        for (var i = 0; i < length; i += noiseEvery)
        {
            bytes[i] = (byte)noise.Next(32, 127);
        }

        return bytes;
    }

    private static byte[] TarGzip(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "log.txt") { DataStream = new MemoryStream(file) });
        }

        return packed.ToArray();
    }
}
