// Writing a compiled folder again and again: stale files go, files of others stay.
namespace IntelMq.Pipeline.Tests.Compile;

public sealed class FolderWriterTests
{
    private static readonly string s_renamed = Compiling.Good.Replace("parse:\n", "other:\n", StringComparison.Ordinal).Replace("parse-queue", "other-queue", StringComparison.Ordinal);

    [Fact]
    public void A_second_time_nothing_is_written()
    {
        using var scratch = new Scratch();
        var first = Compiling.Compile(Compiling.Good).Write(scratch.Folder);
        var before = scratch.Files();
        var second = Compiling.Compile(Compiling.Good).Write(scratch.Folder);
        Assert.Equal(first.Written, second.Unchanged);
        Assert.Empty(second.Written);
        Assert.Equal(before, scratch.Files());
    }

    [Fact]
    public void Files_that_are_no_longer_part_of_it_are_removed_and_those_of_others_stay()
    {
        using var scratch = new Scratch();
        Compiling.Compile(Compiling.Good).Write(scratch.Folder);
        scratch.Write("app/IntelMq.App", "binary");
        scratch.Write("poison_parse-queue/notes.txt", "mine");
        var written = Compiling.Compile(s_renamed).Write(scratch.Folder);
        Assert.Equal(["parse/function.json", "poison_parse-queue/function.json"], written.Removed);
        Assert.False(Directory.Exists(scratch.In("parse")));
        Assert.Equal("mine", scratch.Files()["poison_parse-queue/notes.txt"]);
        Assert.Equal("binary", scratch.Files()["app/IntelMq.App"]);

        using var fresh = new Scratch();
        Compiling.Compile(s_renamed).Write(fresh.Folder);
        Assert.Equal(fresh.Files().Keys, scratch.Files().Keys.Except(["app/IntelMq.App", "poison_parse-queue/notes.txt"]));
    }

    [Fact]
    public void A_file_of_somebody_else_is_not_replaced()
    {
        using var scratch = new Scratch();
        scratch.Write("README.md", "my project");
        var error = Assert.Throws<IOException>(() => Compiling.Compile(Compiling.Good).Write(scratch.Folder));
        Assert.Contains("was not written by 'intelmq compile'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["README.md"], scratch.Files().Keys);
    }

    [Fact]
    public void Edited_local_settings_are_kept_and_other_edits_are_not()
    {
        using var scratch = new Scratch();
        Compiling.Compile(Compiling.Good).Write(scratch.Folder);
        scratch.Write("local.settings.json", "mine");
        scratch.Write("host.json", "broken");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(["local.settings.json"], Compiling.Compile(Compiling.Good).Write(scratch.Folder).Kept);
        }

        Assert.Equal("mine", scratch.Files()["local.settings.json"]);
        Assert.StartsWith("{", scratch.Files()["host.json"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_manifest_removes_nothing_elsewhere()
    {
        using var scratch = new Scratch();
        scratch.Write("outside.txt", "mine");
        Compiling.Compile(Compiling.Good).Write(scratch.In("app"));
        File.AppendAllText(scratch.In("app/.intelmq-compiled"), $"0 ../outside.txt\n0 {scratch.In("outside.txt")}\n");
        Compiling.Compile(Compiling.Good).Write(scratch.In("app"));
        Assert.Equal("mine", scratch.Files()["outside.txt"]);
    }
}
