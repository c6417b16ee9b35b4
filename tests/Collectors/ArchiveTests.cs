// Archives: what comes out of them, and what hostile ones end in.
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using IntelMq.Bots;
using IntelMq.DataFormat;
using SharpCompress.Compressors.BZip2;

namespace IntelMq.Collectors.Tests;

public sealed class ArchiveTests
{
    private static readonly (string Name, string Text)[] s_files = [("a.csv", "first\n"), ("folder/b.csv", "second\n")];

    public static TheoryData<string> Forms => ["zip", "tar", "tar.gz", "tar.bz2"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Every_file_is_a_report(string form)
    {
        await using var collector = await StartAsync(Pack(form, s_files), "true");
        var reports = await collector.ReportsAsync();
        Assert.Equal(["a.csv", "folder/b.csv"], reports.Select(report => report["extra.file_name"].AsText()));
        Assert.Equal(["first\n", "second\n"], reports.Select(report => RawData.DecodeText(RawData.Decode(report[Fields.Raw])!)));
        Assert.Equal(["https://feed.example.com/archive#a.csv", "https://feed.example.com/archive#folder/b.csv"], collector.Sources);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Only_the_wanted_files_are_taken(string form)
    {
        await using var collector = await StartAsync(Pack(form, s_files), """["folder/b.csv", "c.csv"]""");
        Assert.Equal(["second\n"], await collector.RunAsync());
    }

    [Theory]
    [InlineData("true")]
    [InlineData("\"true\"")]
    public async Task A_gzip_file_is_one_report_without_a_name(string extract)
    {
        await using var collector = await StartAsync(Gzip("text\n"u8.ToArray()), extract);
        var report = Assert.Single(await collector.ReportsAsync());
        Assert.Equal("text\n", RawData.DecodeText(RawData.Decode(report[Fields.Raw])!));
        Assert.True(report["extra.file_name"].IsMissing);
    }

    [Fact]
    public async Task Bzip2_streams_that_were_put_together_are_read_to_the_end()
    {
        await using var collector = await StartAsync([.. Bzip2("one\n"u8.ToArray()), .. Bzip2("two\n"u8.ToArray())], "true");
        Assert.Equal(["one\ntwo\n"], await collector.RunAsync());
    }

    [Fact]
    public async Task A_zip_archive_is_unpacked_unasked_and_others_are_not()
    {
        await using var zip = await StartAsync(Pack("zip", s_files), "false");
        Assert.Equal(["first\n", "second\n"], await zip.RunAsync());
        var packed = Gzip("text"u8.ToArray());
        await using var gzip = await StartAsync(packed, "false");
        Assert.Equal(packed, RawData.Decode(Assert.Single(await gzip.ReportsAsync())[Fields.Raw]));
    }

    [Fact]
    public async Task Links_in_a_tar_archive_are_no_files()
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "/etc/passwd" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "folder"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a") { DataStream = new MemoryStream("a"u8.ToArray()) });
        }

        await using var collector = await StartAsync(stream.ToArray(), "true");
        Assert.Equal(["a"], await collector.RunAsync());
    }

    public static TheoryData<string> HostileForms => ["zip", "gz", "tar.gz"];

    [Theory]
    [MemberData(nameof(HostileForms))]
    public async Task A_bomb_is_not_taken(string form)
    {
        var zeros = new byte[17 * 1024 * 1024];
        var bomb = form switch
        {
            "gz" => Gzip(zeros),
            _ => Pack(form, [("zeros", Encoding.ASCII.GetString(zeros))]),
        };
        await using var collector = await StartAsync(bomb, "true");
        var error = await Assert.ThrowsAsync<InvalidRecordException>(collector.RunAsync);
        Assert.Contains("zip bomb", error.Message, StringComparison.Ordinal);
        Assert.Empty(collector.Sources);
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("tar")]
    public async Task An_archive_of_very_many_files_is_not_taken(string form)
    {
        await using var collector = await StartAsync(Pack(form, Enumerable.Range(0, 10_001).Select(i => ($"{i}", ""))), """["none of them"]""");
        var error = await Assert.ThrowsAsync<InvalidRecordException>(collector.RunAsync);
        Assert.Contains("more than 10000 files", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_archive_is_told_as_such()
    {
        await using var collector = await StartAsync("plain text"u8.ToArray(), "true");
        var error = await Assert.ThrowsAsync<InvalidRecordException>(collector.RunAsync);
        Assert.Contains("no archive", error.Message, StringComparison.Ordinal);
    }

    // Every byte of small archives is broken once; what comes out is reports or a sentence.
    [Theory]
    [InlineData("zip")]
    [InlineData("gz")]
    [InlineData("tar.gz")]
    [InlineData("tar")]
    [InlineData("bz2")]
    public async Task A_damaged_archive_ends_in_reports_or_a_sentence(string form)
    {
        var whole = form switch
        {
            "gz" => Gzip("some text that is packed\n"u8.ToArray()),
            "bz2" => Bzip2("some text that is packed\n"u8.ToArray()),
            _ => Pack(form, [("a.csv", "some text that is packed\n")]),
        };
        var server = new ChangingBody();
        await using var collector = await RunningCollector.StartAsync("http.collector_http", """{"http_url": "https://feed.example.com/archive", "extract_files": true}""", server.Clients);
        var refused = 0;
        for (var i = 0; i < Math.Min(whole.Length, 300); i++)
        {
            var damaged = whole.ToArray();
            damaged[i] ^= 0x5a;
            refused += await IsRefusedAsync(collector, server, damaged) ? 1 : 0;
            await IsRefusedAsync(collector, server, whole[..i]);
        }

        Assert.True(refused > 5, $"Only {refused} archives were refused.");
    }

    private static async Task<bool> IsRefusedAsync(RunningCollector collector, ChangingBody server, byte[] body)
    {
        server.Body = body;
        try
        {
            await collector.RunAsync();
            return false;
        }
        catch (InvalidRecordException error)
        {
            Assert.Contains("https://feed.example.com/archive", error.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private static Task<RunningCollector> StartAsync(byte[] body, string extract) => RunningCollector.StartAsync(
        "http.collector_http", $$"""{"http_url": "https://feed.example.com/archive", "extract_files": {{extract}}}""", new ScriptedServer(body));

    private static byte[] Pack(string form, IEnumerable<(string Name, string Text)> files) => form switch
    {
        "zip" => Zip(files),
        "tar" => Tar(files),
        "tar.gz" => Gzip(Tar(files)),
        _ => Bzip2(Tar(files)),
    };

    private static byte[] Zip(IEnumerable<(string Name, string Text)> files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }

    private static byte[] Tar(IEnumerable<(string Name, string Text)> files)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] data)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(data);
        }

        return stream.ToArray();
    }

    private static byte[] Bzip2(byte[] data)
    {
        var stream = new MemoryStream();
        using (var bzip2 = BZip2Stream.Create(stream, SharpCompress.Compressors.CompressionMode.Compress, decompressConcatenated: false, leaveOpen: true))
        {
            bzip2.Write(data);
        }

        return stream.ToArray();
    }

    private sealed class ChangingBody
    {
        public ChangingBody() => Clients = new ScriptedServer(_ => new HttpResponseMessage { Content = new ByteArrayContent(Body) });

        public byte[] Body { get; set; } = [];

        public ScriptedServer Clients { get; }
    }
}
