// Archives: what is in them comes out, and what no honest feed does is refused.
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using IntelMq.Bots;

// Memory is measured here: nothing else may run meanwhile.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace IntelMq.Collectors.Tests;

public sealed class ArchiveTests
{
    // "192.0.2.1\n", packed by bzip2 and xz: .NET reads neither, so it cannot write them.
    private const string Bzip2 = "QlpoOTFBWSZTWeEsDwoAAANYAAAQAAFwICAAMMAGmm0QQIv3C7kinChIcJYHhQA=";
    private const string Xz = "/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQAJMTkyLjAuMi4xCgAAAJzCsYoAAR4K6mMSFJBCmQ0BAAAAAAFZWg==";

    // Every run draws the same cases, so that a failure can be repeated.
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithReplay(20150831, 297).WithMaxTest(300);

    private static readonly (string Name, string Text)[] s_files = [("a.csv", "192.0.2.1\n"), ("sub/b.csv", "192.0.2.2\n"), ("c.csv", "")];

    private static byte[] Zip((string Name, string Text)[] files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Tar((string Name, string Text)[] files)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "sub"));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "../../outside" });
            foreach (var (name, text) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return bytes.ToArray();
    }

    private static async Task<List<(string? Name, string Text)>> UnpackAsync(byte[] archive, params string[] wanted)
    {
        var found = new List<(string?, string)>();
        await foreach (var (name, open) in Archive.FilesOfAsync(new MemoryStream(archive), wanted, "the test", TestContext.Current.CancellationToken))
        {
            await using var stream = await open(TestContext.Current.CancellationToken);
            using var bytes = new MemoryStream();
            await stream!.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            found.Add((name, Encoding.UTF8.GetString(bytes.ToArray())));
        }

        return found;
    }

    public static TheoryData<string, byte[]> Archives => new()
    {
        { "zip", Zip(s_files) }, { "tar", Tar(s_files) }, { "tar.gz", Gzip(Tar(s_files)) },
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task All_files_come_out_in_order(string form, byte[] archive)
    {
        var files = await UnpackAsync(archive);

        // An empty file of a tar archive has no data at all.
        var expected = form == "zip" ? s_files : s_files.Where(file => file.Text.Length > 0);
        Assert.Equal(expected.Select(file => ((string?)file.Name, file.Text)), files);
    }

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task Wanted_files_come_out_alone(string form, byte[] archive)
    {
        Assert.NotEmpty(form);
        Assert.Equal([("sub/b.csv", "192.0.2.2\n")], await UnpackAsync(archive, "sub/b.csv", "not-there"));
    }

    [Fact]
    public async Task A_packed_file_that_is_no_tar_is_one_file_without_a_name()
    {
        Assert.Equal([(null, "192.0.2.1\n")], await UnpackAsync(Gzip("192.0.2.1\n"u8.ToArray())));
        Assert.Equal([(null, "192.0.2.1\n")], await UnpackAsync(Convert.FromBase64String(Bzip2)));
        Assert.Equal([(null, "192.0.2.1\n")], await UnpackAsync(Convert.FromBase64String(Xz)));
    }

    [Fact]
    public async Task What_is_no_archive_is_refused() =>
        Assert.Contains("is no archive", (await Assert.ThrowsAsync<InvalidRecordException>(() => UnpackAsync("192.0.2.1\n"u8.ToArray()))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_zip_bomb_ends_in_a_sentence()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("zeros").Open();
            for (var i = 0; i < 64; i++)
            {
                entry.Write(new byte[1024 * 1024]);
            }
        }

        await AssertBombAsync(bytes.ToArray());
    }

    [Fact]
    public async Task A_gzip_bomb_ends_in_a_sentence() => await AssertBombAsync(Gzip(new byte[64 * 1024 * 1024]));

    private static async Task AssertBombAsync(byte[] bomb)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var error = await Assert.ThrowsAsync<InvalidRecordException>(async () =>
        {
            await foreach (var (_, open) in Archive.FilesOfAsync(new MemoryStream(bomb), [], "the test", TestContext.Current.CancellationToken))
            {
                await using var stream = await open(TestContext.Current.CancellationToken);
                await stream!.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
            }
        });
        Assert.Contains("zip bomb", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 32 * 1024 * 1024);
    }

    [Fact]
    public async Task Too_many_files_end_in_a_sentence()
    {
        var error = await Assert.ThrowsAsync<InvalidRecordException>(() => UnpackAsync(Zip([.. Enumerable.Range(0, 10_001).Select(i => ($"{i}", ""))])));
        Assert.Contains("10000 files", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packed))]
    public void A_damaged_archive_gives_files_or_a_sentence(string form, byte[] archive)
    {
        Assert.NotEmpty(form);
        var damage = from at in Gen.Choose(0, archive.Length - 1) from value in Gen.Choose(0, 255) select (at, value);
        var refused = 0;
        Check.One(s_config, Prop.ForAll((from cut in Gen.Choose(1, archive.Length) from places in Gen.ListOf(damage) select (cut, places)).ToArbitrary(), drawn =>
        {
            var damaged = archive.ToArray();
            foreach (var (at, value) in drawn.places)
            {
                damaged[at] = (byte)value;
            }

            try
            {
                UnpackAsync(damaged[..drawn.cut]).GetAwaiter().GetResult();
            }
            catch (InvalidRecordException)
            {
                refused++;
            }
        }));
        Assert.True(refused > 0, "No damage was noticed.");
    }

    public static TheoryData<string, byte[]> Packed => new()
    {
        { "zip", Zip(s_files) }, { "tar", Tar(s_files) }, { "tar.gz", Gzip(Tar(s_files)) }, { "bzip2", Convert.FromBase64String(Bzip2) }, { "xz", Convert.FromBase64String(Xz) },
    };
}
