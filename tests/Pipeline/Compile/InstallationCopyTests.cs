// The runtime.yaml of an existing installation, compiled: the copy in the folder gives the same bots.
namespace IntelMq.Pipeline.Tests.Compile;

public sealed class InstallationCopyTests
{
    [Fact]
    public void The_copy_gives_the_same_bots_without_a_problem()
    {
        var given = Loading.Load(InstallationTests.Built).Pipeline();
        // Paths stay as they are for an app on this machine; keys without effect are left out.
        var folder = Compiling.Compile(InstallationTests.Built, new CompileOptions { LocalPaths = true }, Loading.Catalogue);
        Assert.False(folder.HasErrors, folder.Text());

        var copied = Loading.Load(folder.TextOf(AppCompiler.PipelinePath), null, folder.Secrets.Select(secret => (secret.Setting, given.Find(secret.Owner)!.RawParameters[secret.Key].ToString())).ToArray());

        Assert.DoesNotContain(copied.Problems, problem => problem.Message.Contains("has no effect", StringComparison.Ordinal) && !problem.Key!.StartsWith("redis_cache", StringComparison.Ordinal));
        Assert.Equal(given.Bots.Select(Summary), copied.Pipeline().Bots.Select(Summary));
    }

    private static string Summary(BotInstance bot) =>
        $"{bot.Id} {bot.Descriptor.Id} {bot.Enabled} {bot.RunMode} {bot.Name} {bot.Group} {bot.Description} {bot.SourceQueue} {string.Join(' ', bot.Destinations.Select(path => path.Key + ":" + string.Join(',', path.Value)))} {bot.Schedule} {bot.Parameters}";
}
