// The file collector: names, locks, chunks, and deleting only what is queued.
using System.Text;
using FsCheck.Fluent;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.DataFormat.Tests;

namespace IntelMq.Collectors.Tests;

public sealed class FileCollectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("feeds-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(".csv", new[] { "a.csv", "b.csv" })]
    [InlineData("b.csv", new[] { "b.csv" })]
    [InlineData(".csv*", new[] { "a.csv", "a.csv.1", "b.csv" })]
    [InlineData(".???", new[] { "a.csv", "b.csv", "c.txt" })]
    [InlineData("", new[] { "a.csv", "a.csv.1", "b.csv", "c.txt" })]
    public async Task Files_are_chosen_by_the_end_of_their_names(string postfix, string[] expected)
    {
        foreach (var name in new[] { "b.csv", "a.csv", "c.txt", "a.csv.1" })
        {
            Write(name, name);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "folder.csv"));
        await using var collector = await StartAsync($$"""{"path": ".", "postfix": "{{postfix}}"}""");
        var reports = await collector.ReportsAsync();
        Assert.Equal(expected, reports.Select(report => report["extra.file_name"].AsText()));
        Assert.Equal("file://localhost" + Path.Combine(_folder, expected[0]), reports[0][Fields.Feed.Url].AsText());
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "chunk_size": 4""")]
    public async Task A_locked_file_is_left_alone_until_it_is_free(string chunks)
    {
        Write("free.csv", "a\n");
        Write("locked.csv", "b\n");
        await using var collector = await StartAsync($$"""{"path": ".", "delete_file": true{{chunks}}}""");
        using (new FileStream(Path.Combine(_folder, "locked.csv"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(["a\n"], await collector.RunAsync());
            Assert.Equal(["locked.csv"], Names());
        }

        Assert.Equal(["b\n"], await collector.RunAsync());
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Files_stay_unless_they_are_to_be_deleted()
    {
        Write("a.csv", "a\n");
        await using var collector = await StartAsync("""{"path": "."}""");
        Assert.Equal(["a\n"], await collector.RunAsync());
        Assert.Equal(["a.csv"], Names());
    }

    [Fact]
    public async Task What_an_interrupted_run_had_queued_is_deleted_without_another_report()
    {
        Write("a.csv", "a\n");
        await using var collector = await StartAsync("""{"path": ".", "delete_file": true}""");
        collector.AllIsCollected = true;
        Assert.Empty(await collector.RunAsync());
        Assert.Single(collector.Asked);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task A_file_that_was_replaced_is_another_source()
    {
        await using var collector = await StartAsync("""{"path": "."}""");
        Write("a.csv", "old\n");
        await collector.RunAsync();
        var old = Assert.Single(collector.Asked);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "a.csv"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await collector.RunAsync();
        Assert.NotEqual(old, Assert.Single(collector.Asked));
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_told_with_its_path()
    {
        await using var collector = await StartAsync("""{"path": "absent"}""");
        var error = await Assert.ThrowsAsync<BotConfigurationException>(collector.RunAsync);
        Assert.Contains(Path.Combine(_folder, "absent"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_every_file_of_a_folder_is_refused()
    {
        var error = await Assert.ThrowsAsync<BotConfigurationException>(() => StartAsync("""{"path": ".", "postfix": "", "delete_file": true}"""));
        Assert.Contains("postfix", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_begin_with_the_header()
    {
        Write("a.csv", "name,ip\na,192.0.2.1\nb,192.0.2.2\nc,192.0.2.3\n");
        await using var collector = await StartAsync("""{"path": ".", "chunk_size": 20}""");
        Assert.Equal(["name,ip\na,192.0.2.1\n", "name,ip\nb,192.0.2.2\n", "name,ip\nc,192.0.2.3\n"], await collector.RunAsync());
    }

    [Fact]
    public void Chunks_put_together_are_the_file_and_no_line_is_cut()
    {
        var cases = from lines in Gen.ListOf(Gen.Elements("", "a", "bc", "a longer line of text", "ü"))
                    from ended in Gen.Elements(true, false)
                    from size in Gen.Choose(1, 60)
                    select (Text: string.Join('\n', lines) + (ended ? "\n" : ""), Size: size);
        Generators.ForAll(cases, chunked =>
        {
            var chunks = ChunksAsync(chunked.Text, chunked.Size).GetAwaiter().GetResult();
            Assert.Equal(chunked.Text, string.Concat(chunks));
            Assert.All(chunks.SkipLast(1), chunk => Assert.EndsWith("\n", chunk, StringComparison.Ordinal));
            Assert.All(chunks, chunk => Assert.True(Encoding.UTF8.GetByteCount(chunk) <= chunked.Size || !chunk.TrimEnd('\n').Contains('\n')));
        });
    }

    private async Task<string[]> ChunksAsync(string text, int size)
    {
        Write("a.csv", text);
        await using var collector = await StartAsync($$"""{"path": ".", "chunk_size": {{size}}, "chunk_replicate_header": false}""");
        return await collector.RunAsync();
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private IEnumerable<string> Names() => Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private Task<RunningCollector> StartAsync(string parameters) => RunningCollector.StartAsync("file.collector_file", parameters, new ScriptedServer([]), folder: _folder);
}
