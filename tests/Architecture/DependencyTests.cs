// Who may know whom.
namespace IntelMq.Architecture.Tests;

public sealed class DependencyTests
{
    private static readonly string[] s_bots = ["IntelMq.Collectors", "IntelMq.Parsers", "IntelMq.Experts", "IntelMq.Outputs"];

    // What each project may reference, over any number of steps. What stands here and does not exist yet is no error; what exists and does not stand here is.
    private static readonly Dictionary<string, string[]> s_mayKnow = new()
    {
        ["IntelMq.DataFormat"] = [],
        ["IntelMq.Bots"] = ["IntelMq.DataFormat"],
        ["IntelMq.Collectors"] = ["IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.Parsers"] = ["IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.Experts"] = ["IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.Outputs"] = ["IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.Pipeline"] = ["IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.Runtime"] = ["IntelMq.Pipeline", "IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.Stores"] = ["IntelMq.Runtime", "IntelMq.Pipeline", "IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.Azure"] = ["IntelMq.Runtime", "IntelMq.Pipeline", "IntelMq.Bots", "IntelMq.DataFormat"],

        // It starts the broker as a process of its own.
        ["IntelMq.FunctionsHost"] = ["IntelMq.KafkaBroker", "IntelMq.Azure", "IntelMq.Runtime", "IntelMq.Pipeline", "IntelMq.Stores", "IntelMq.Bots", "IntelMq.DataFormat"],
        ["IntelMq.KafkaBroker"] = [],
    };

    // These put the pieces together and may know everything of the product; nobody of the product may know them (but the command the app's management).
    private static readonly string[] s_top = ["IntelMq.Cli", "IntelMq.App", "IntelMq.App.Isolated", "IntelMq.Management"];

    private static readonly string[] s_testPackages = ["xunit", "FsCheck", "NSubstitute", "WireMock", "Testcontainers", "BenchmarkDotNet", "NJsonSchema", "Microsoft.Extensions.TimeProvider.Testing"];

    private static IEnumerable<Project> Product => House.Projects.Values.Where(project => !project.File.StartsWith("tests/", StringComparison.Ordinal));

    private static IEnumerable<string> Breaches(IReadOnlyDictionary<string, Project> projects, Project project)
    {
        if (!s_mayKnow.TryGetValue(project.Name, out var allowed))
        {
            return s_top.Contains(project.Name) ? [] : [$"{project.File} has no place in the design: say here what it may know."];
        }

        return House.Reach(projects, project.Name).Except(allowed).Select(known => $"{project.File} knows {known}.");
    }

    [Fact]
    public void Nobody_knows_what_lies_above() => House.Keeps(Product.SelectMany(project => Breaches(House.Projects, project)));

    [Fact]
    public void The_product_does_not_know_its_tests() => House.Keeps(
        Product.SelectMany(project => House.Reach(House.Projects, project.Name).Where(known => House.Projects[known].File.StartsWith("tests/", StringComparison.Ordinal)).Select(known => $"{project.File} knows {known}.")));

    [Fact]
    public void The_product_uses_no_package_for_tests() => House.Keeps(
        Product.SelectMany(project => project.Packages.Where(package => s_testPackages.Any(test => package.StartsWith(test, StringComparison.OrdinalIgnoreCase))).Select(package => $"{project.File} uses {package}.")));

    [Fact]
    public void Bot_libraries_reference_the_sdk_and_nothing_else_of_ours()
    {
        foreach (var project in Product.Where(project => s_bots.Contains(project.Name)))
        {
            Assert.Equal(["IntelMq.Bots"], project.Projects);
            Assert.DoesNotContain(project.Packages, package => package.StartsWith("Azure.", StringComparison.Ordinal) || package.StartsWith("Microsoft.Azure.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_place() => House.Keeps(
        House.Projects.Values.Where(project => File.ReadAllText(Path.Combine(House.Root, project.File)).Contains("Version=\"", StringComparison.Ordinal)).Select(project => project.File));

    [Fact]
    public void A_project_is_named_after_its_place()
    {
        foreach (var project in Product)
        {
            var folder = project.File.Split('/')[^2];
            Assert.Equal(folder.StartsWith("IntelMq.", StringComparison.Ordinal) ? folder : "IntelMq." + folder, project.Name);
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(House.Root, "IntelMq.Functions.sln")).Replace('\\', '/');
        House.Keeps(House.Projects.Values.Where(project => !solution.Contains($"\"{project.File}\"", StringComparison.Ordinal)).Select(project => project.File));
    }

    // The rules above hold today; these show that they would notice.
    [Theory]
    [InlineData("IntelMq.Parsers", "IntelMq.Runtime")]
    [InlineData("IntelMq.DataFormat", "IntelMq.Bots")]
    [InlineData("IntelMq.Runtime", "IntelMq.Stores")]
    [InlineData("IntelMq.Stores", "IntelMq.Cli")]
    public void An_arrow_up_is_noticed(string from, string to)
    {
        var breached = House.Projects.ToDictionary();
        breached[from] = breached[from] with { Projects = [.. breached[from].Projects, to] };
        Assert.Contains($"{breached[from].File} knows {to}.", Breaches(breached, breached[from]));
    }

    [Fact]
    public void A_detour_is_noticed()
    {
        var breached = House.Projects.ToDictionary();
        breached["IntelMq.Bots"] = breached["IntelMq.Bots"] with { Projects = ["IntelMq.DataFormat", "IntelMq.Stores"] };
        Assert.Contains("functions/Experts/IntelMq.Experts.csproj knows IntelMq.Stores.", Breaches(breached, breached["IntelMq.Experts"]));
    }
}
