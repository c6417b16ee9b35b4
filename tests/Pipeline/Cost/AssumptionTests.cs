// What estimates assume: the form of the table, and that nothing in it is idle.
using System.Reflection;
using IntelMq.Pipeline.Tests.Compile;

namespace IntelMq.Pipeline.Tests.Cost;

public sealed class AssumptionTests
{
    [Fact]
    public void Each_number_is_one_that_an_estimate_is_made_with()
    {
        var used = typeof(CostAssumptions).GetProperties(BindingFlags.NonPublic | BindingFlags.Static).Where(property => property.PropertyType == typeof(Assumption))
            .Select(property => ((Assumption)property.GetValue(null)!).Id);
        Assert.Equal(CostAssumptions.All.Select(assumption => assumption.Id).Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_is_a_sentence_with_its_number_and_where_it_comes_from()
    {
        string[] words = [.. AppCompiler.HostingPlans, .. AppCompiler.Transports, "entries"];
        Assert.All(CostAssumptions.All, assumption =>
        {
            Assert.True(assumption.Value > 0, assumption.Id);
            Assert.Contains("{0}", assumption.Text, StringComparison.Ordinal);
            Assert.Contains(assumption.Kind, (string[])["measured", "documented", "assumed"]);
            Assert.NotEmpty(assumption.Source);
            Assert.All(assumption.Where.Split([',', '+'], StringSplitOptions.RemoveEmptyEntries), word => Assert.Contains(word, words));
            Assert.EndsWith(".", assumption.Sentence(), StringComparison.Ordinal);
        });
        Assert.Equal("An event is 1,700 bytes of JSON (measured: docs/cost.md, the events of the benchmark).", CostAssumptions.EventBytes.Sentence());
        Assert.Equal("An event is 2,000.5 bytes of JSON (given).", CostAssumptions.EventBytes.Sentence(2000.5));
    }

    [Fact]
    public void Pages_of_this_project_that_are_named_are_there()
    {
        var root = Path.GetFullPath(Path.Combine(Compiling.SourceFolder(), "..", "..", ".."));
        var named = CostAssumptions.All.SelectMany(assumption => assumption.Source.Split([' ', ':', ','])).Where(word => word.StartsWith("docs/", StringComparison.Ordinal) || word.StartsWith("shared/", StringComparison.Ordinal) || word.StartsWith("infra/", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(named);
        Assert.Equal([], named.Where(page => !File.Exists(Path.Combine(root, page))));
    }

    [Fact]
    public void What_another_plan_or_transport_does_is_not_told()
    {
        static string Told(string plan, string transport) => string.Join('\n', Estimating.Of(Estimating.Short, new CostInputs { HostingPlan = plan, Transport = transport }).Assumptions);
        Assert.Contains("Flex Consumption bills", Told("flex-consumption", "kafka"), StringComparison.Ordinal);
        Assert.DoesNotContain("Flex Consumption", Told("premium", "storage-queue"), StringComparison.Ordinal);
        Assert.Contains("the platform looks at every Storage queue", Told("flex-consumption", "storage-queue"), StringComparison.Ordinal);
        Assert.DoesNotContain("Storage queue", Told("flex-consumption", "service-bus"), StringComparison.Ordinal);
        Assert.DoesNotContain("something outside writes to", Told("premium", "kafka"), StringComparison.Ordinal);
    }
}
