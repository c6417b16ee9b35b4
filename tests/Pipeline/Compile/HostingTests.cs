// What can run where: each combination compiles, or is refused with one that does.
using System.Text.RegularExpressions;

namespace IntelMq.Pipeline.Tests.Compile;

public sealed partial class HostingTests
{
    [GeneratedRegex("--plan ([a-z-]+)")]
    private static partial Regex SuggestedPlan();

    public static TheoryData<string, string, string> Combinations
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var transport in AppCompiler.Transports.Where(transport => transport != "sqlite"))
            {
                foreach (var plan in AppCompiler.HostingPlans)
                {
                    data.Add(transport, plan, "identity");
                    data.Add(transport, plan, "connection-string");
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Each_combination_compiles_or_is_refused_with_one_that_does(string transport, string plan, string authentication)
    {
        var options = new CompileOptions { Transport = transport, HostingPlan = plan, Authentication = authentication };
        var folder = Compiling.Compile(Compiling.Good, options);
        if (folder.HasErrors)
        {
            var suggested = SuggestedPlan().Match(folder.Text()).Groups[1].Value;
            Compiling.Compile(Compiling.Good, options with { HostingPlan = suggested }).MustBeGood();
        }
        else
        {
            folder.MustBeGood();
        }
    }

    [Fact]
    public void There_are_forty_combinations_and_four_are_refused()
    {
        var refused = Combinations.Select(row => row.Data).Count(row => Compiling.Compile(Compiling.Good, new CompileOptions { Transport = row.Item1, HostingPlan = row.Item2, Authentication = row.Item3 }).HasErrors);
        Assert.Equal((40, 4), (Combinations.Count, refused));
    }

    [Theory]
    [InlineData("storage-queue", "IntelMqQueues", "IntelMqQueues__queueServiceUri")]
    [InlineData("service-bus", "IntelMqServiceBus", "IntelMqServiceBus__fullyQualifiedNamespace")]
    [InlineData("event-hubs", "IntelMqEventHubs", "IntelMqEventHubs__fullyQualifiedNamespace")]
    public void An_identity_needs_no_connection_string(string transport, string connection, string setting)
    {
        var options = new CompileOptions { Transport = transport };
        var folder = Compiling.Compile(Compiling.Good, options).MustBeGood();
        Assert.Contains($"| `{setting}` |", folder.TextOf("README.md"), StringComparison.Ordinal);
        Assert.DoesNotContain($"| `{connection}` |", folder.TextOf("README.md"), StringComparison.Ordinal);
        Assert.Equal(connection, folder.JsonOf("parse/function.json")["bindings"]![0]!["connection"]!.GetValue<string>());
        Assert.Contains($"| `{connection}` |", Compiling.Compile(Compiling.Good, options with { Authentication = "connection-string" }).TextOf("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_secrets_of_kafka_are_key_vault_references_and_its_emulator_has_none()
    {
        var options = new CompileOptions { Transport = "kafka" };
        var folder = Compiling.Compile(Compiling.Good, options).MustBeGood();
        Assert.Equal(["IntelMqKafkaPassword", "IntelMqKafkaUsername"], folder.Secrets.Select(secret => secret.Setting));
        Assert.Equal("%IntelMqKafkaPassword%", folder.JsonOf("parse/function.json")["bindings"]![0]!["password"]!.GetValue<string>());
        var emulator = Compiling.Compile(Compiling.Good, options with { Authentication = "connection-string" }).MustBeGood();
        Assert.Empty(emulator.Secrets);
        Assert.Null(emulator.JsonOf("parse/function.json")["bindings"]![0]!["protocol"]);
    }

    [Fact]
    public void An_unknown_plan_is_refused_with_those_that_there_are() =>
        Assert.Contains("Take --plan flex-consumption, premium, dedicated or container-apps.", Compiling.Compile(Compiling.Good, new CompileOptions { HostingPlan = "moon" }).Text(), StringComparison.Ordinal);

    [Fact]
    public void A_way_to_run_that_does_not_exist_is_refused() =>
        Assert.Contains("Take --worker custom-handler or isolated.", Compiling.Compile(Compiling.Good, new CompileOptions { Worker = "moon" }).Text(), StringComparison.Ordinal);
}
