// The sample deployments are what is written in their folders; UPDATE=1 writes it.
namespace IntelMq.Infra.Tests;

public sealed class SnapshotTests
{
    private static readonly bool s_updates = Environment.GetEnvironmentVariable("UPDATE") == "1";

    [Theory]
    [MemberData(nameof(Sample.Names), MemberType = typeof(Sample))]
    public async Task A_sample_becomes_what_is_written(string sample)
    {
        var deployment = await Sample.DeploymentAsync(sample);
        var file = Sample.PathOf(sample, "snapshot.json");
        if (s_updates)
        {
            await File.WriteAllTextAsync(file, deployment.Text, TestContext.Current.CancellationToken);
        }

        var (wanted, got) = ((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Split('\n'), deployment.Text.Split('\n'));
        for (var line = 0; line < Math.Max(wanted.Length, got.Length); line++)
        {
            var (left, right) = (wanted.ElementAtOrDefault(line), got.ElementAtOrDefault(line));
            Assert.True(left == right, $"{sample}/snapshot.json, line {line + 1}\nexpected {left}\ngot      {right}\nUPDATE=1 writes the new form.");
        }
    }
}
