// The files of a folder: whole, in chunks, locked, deleted.
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using IntelMq.Bots;

namespace IntelMq.Collectors.Tests;

public sealed class FileCollectorTests : IDisposable
{
    // Every run draws the same cases, so that a failure can be repeated.
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithReplay(20150831, 297).WithMaxTest(500);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("files-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<RunningCollector> StartAsync(string more = "") => RunningCollector.StartAsync<FileCollector>($$"""{"path": "."{{more}}}""", _folder.FullName);

    [Fact]
    public async Task Files_come_by_name_and_others_stay_away()
    {
        Write("b.csv", "b");
        Write("a.csv", "a");
        Write("c.csv.part", "c");
        _folder.CreateSubdirectory("sub.csv");
        await using var collector = await StartAsync();
        Assert.Equal([new("a.csv", "a"), new("b.csv", "b")], await collector.RunAsync());
    }

    [Theory]
    [InlineData(".csv", "2026-01-15.csv")]
    [InlineData("-0?-15.*", "2026-01-15.csv,2026-01-15.csv.gz")]
    [InlineData("", "2026-01-15.csv,2026-01-15.csv.gz")]
    [InlineData(".CSV", "")]
    public async Task The_postfix_chooses(string postfix, string expected)
    {
        Write("2026-01-15.csv", "a");
        Write("2026-01-15.csv.gz", "b");
        await using var collector = await StartAsync($$""", "postfix": "{{postfix}}" """);
        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), (await collector.RunAsync()).Select(fetched => fetched.FileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "chunk_size": 4""")]
    public async Task A_locked_file_stays_and_comes_next_time(string chunks)
    {
        var path = Write("a.csv", "a\nb\nc\n");
        await using var collector = await StartAsync(""", "delete_file": true""" + chunks);
        await using (new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None))
        {
            Assert.DoesNotContain(await collector.RunAsync(), fetched => fetched.Text is not null);
            Assert.True(File.Exists(path));
        }

        Assert.NotEmpty((await collector.RunAsync())[0].Text!);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(""", "chunk_size": 4""", 2)]
    public async Task A_file_is_deleted_when_all_of_it_is_queued(string chunks, int expected)
    {
        var path = Write("a.csv", "a\nb\nc\n");
        await using var collector = await StartAsync(""", "delete_file": true""" + chunks);
        var reports = 0;
        await foreach (var offered in collector.OfferAsync())
        {
            Assert.NotEmpty((await RunningCollector.TextAsync(offered))!);
            Assert.True(File.Exists(path));
            reports++;
            Assert.Equal(reports == expected, offered.Queued is not null);
            await (offered.Queued?.Invoke(TestContext.Current.CancellationToken) ?? ValueTask.CompletedTask);
        }

        Assert.Equal(expected, reports);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_run_that_is_repeated_names_its_sources_alike()
    {
        Write("a.csv", "a\nb\nc\n");
        await using var collector = await StartAsync(""", "chunk_size": 2""");
        var first = await SourcesAsync(collector);
        Assert.Equal(3, first.Distinct().Count());
        Assert.Equal(first, await SourcesAsync(collector));
    }

    [Fact]
    public async Task A_file_that_went_away_is_passed_over()
    {
        var path = Write("a.csv", "a");
        await using var collector = await StartAsync();
        await foreach (var offered in collector.OfferAsync())
        {
            File.Delete(path);
            Assert.Null(await RunningCollector.TextAsync(offered));
        }
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_said_by_name()
    {
        await using var collector = await RunningCollector.StartAsync<FileCollector>("""{"path": "nowhere"}""", _folder.FullName);
        Assert.Contains("nowhere", (await Assert.ThrowsAsync<BotConfigurationException>(collector.RunAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_deletes_everything_by_mistake() =>
        Assert.Contains("postfix", (await Assert.ThrowsAsync<BotConfigurationException>(() => StartAsync(""", "delete_file": true, "postfix": "" """))).Message, StringComparison.Ordinal);

    [Fact]
    public void Chunks_are_the_file_and_end_at_line_ends()
    {
        var file = Gen.ArrayOf(Gen.Elements("\n", "\n", "\r\n", "a", "bcd", "ä", new string('x', 30))).Select(string.Concat);
        var input = from text in file from size in Gen.Choose(1, 40) select (text, size);
        Check.One(s_config, Prop.ForAll(input.ToArbitrary(), drawn =>
        {
            var bytes = Encoding.UTF8.GetBytes(drawn.text);
            var chunks = Cut(bytes, drawn.size, repeatHeader: false);
            Assert.Equal(bytes, chunks.SelectMany(chunk => chunk));
            Assert.All(chunks, chunk => Assert.NotEmpty(chunk));
            Assert.All(chunks.SkipLast(1), chunk => Assert.Equal((byte)'\n', chunk[^1]));

            // Only a line that is itself longer makes a chunk longer than wanted.
            Assert.All(chunks.Where(chunk => chunk.Length > drawn.size), chunk => Assert.Equal(-1, chunk.AsSpan(0, chunk.Length - 1).IndexOf((byte)'\n')));
            var header = bytes.AsSpan(0, bytes.AsSpan().IndexOf((byte)'\n') + 1).ToArray();
            Assert.Equal(chunks.Select((chunk, i) => i == 0 ? chunk : [.. header, .. chunk]), Cut(bytes, drawn.size, repeatHeader: true));
        }));
    }

    private static async Task<List<string>> SourcesAsync(RunningCollector collector)
    {
        var sources = new List<string>();
        await foreach (var offered in collector.OfferAsync())
        {
            sources.Add(offered.Source);
        }

        return sources;
    }

    private static List<byte[]> Cut(byte[] file, int size, bool repeatHeader)
    {
        using var chunks = new FileChunks(new MemoryStream(file), size, repeatHeader);
        var cut = new List<byte[]>();
        while (chunks.NextAsync(CancellationToken.None).GetAwaiter().GetResult() is { } chunk)
        {
            cut.Add(chunk);
        }

        return cut;
    }
}
