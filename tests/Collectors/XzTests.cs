// Archives packed with xz: made with Python's lzma module, as Base64.
using IntelMq.Bots;

namespace IntelMq.Collectors.Tests;

public sealed class XzTests
{
    // a.csv with 192.0.2.1 and b.csv with 192.0.2.2, each with a line end.
    private const string TwoFiles = "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AGxdADCLiGd0ORbMiZaRrUdbbUDtL7h9Xy7L3oMIT+dVeLf2ED/o8TtTczn4VxMlayMJgeTC4Y4DNnyqo9c6jEh9MEbBqnfbDdvObNJHFFw0UZsnWjQ3hvJzaiG3WA/TU7Ug/m+GBVWNPZgyWhs8AABuGw5rAtSbFAABiAGAUAAAU/MzjbHEZ/sCAAAAAARZWg==";

    // Both lines without a tar archive around them.
    private const string Lines = "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AATABJdABiOQoh0t0nuvTagGTgVhAJgAAAAAACRCxKvjm3CAAEuFHpoWzEftvN9AQAAAAAEWVo=";

    [Fact]
    public async Task Every_file_of_a_tar_archive_is_a_report()
    {
        await using var collector = await StartAsync(Convert.FromBase64String(TwoFiles));
        var reports = await collector.ReportsAsync();
        Assert.Equal(["a.csv", "b.csv"], reports.Select(report => report["extra.file_name"].AsText()));
        Assert.Equal(["192.0.2.1\n", "192.0.2.2\n"], await collector.RunAsync());
    }

    [Fact]
    public async Task A_file_alone_is_one_report_without_a_name()
    {
        await using var collector = await StartAsync(Convert.FromBase64String(Lines));
        var report = Assert.Single(await collector.ReportsAsync());
        Assert.True(report["extra.file_name"].IsMissing);
        Assert.Equal(["192.0.2.1\n192.0.2.2\n"], await collector.RunAsync());
    }

    [Fact]
    public async Task A_cut_archive_ends_in_a_sentence()
    {
        var whole = Convert.FromBase64String(TwoFiles);
        foreach (var length in new[] { 7, whole.Length / 4, whole.Length / 2 })
        {
            await using var collector = await StartAsync(whole[..length]);
            var error = await Assert.ThrowsAsync<InvalidRecordException>(collector.RunAsync);
            Assert.Contains("https://feed.example.com/archive", error.Message, StringComparison.Ordinal);
        }
    }

    private static Task<RunningCollector> StartAsync(byte[] body) => RunningCollector.StartAsync(
        "http.collector_http", """{"http_url": "https://feed.example.com/archive", "extract_files": true}""", new ScriptedServer(body));
}
