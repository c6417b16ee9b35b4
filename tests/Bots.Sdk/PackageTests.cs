// A package of a third party in a folder `bots`: found, described, bound and run, with its hooks.
using IntelMq.Bots.Reference;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntelMq.Bots.Tests;

public sealed class PackageTests : IDisposable
{
    private const string Id = "acme.bots.experts.shout.expert";
    private static readonly string s_package = Path.Combine(AppContext.BaseDirectory, "package", "Acme.Bots.dll");
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-bots-").FullName;

    private string Bots => Path.Combine(_folder, "bots");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BotDescriptor Shout(BotCatalogue catalogue) => Assert.Single(catalogue.All, bot => bot.Id == Id);

    private BotCatalogue Scan()
    {
        Directory.CreateDirectory(Bots);
        File.Copy(s_package, Path.Combine(Bots, "Acme.Bots.dll"));
        return BotCatalogue.Scan([], Bots);
    }

    [Fact]
    public void Nothing_here_knows_the_package()
    {
        Assert.False(File.Exists(Path.Combine(AppContext.BaseDirectory, "Acme.Bots.dll")));
        Assert.DoesNotContain(typeof(PackageTests).Assembly.GetReferencedAssemblies(), name => name.Name == "Acme.Bots");
    }

    [Fact]
    public void A_folder_that_does_not_exist_holds_no_bots() => Assert.Empty(BotCatalogue.Scan([], Bots).All);

    [Fact]
    public void It_is_found_and_described()
    {
        var catalogue = Scan();
        Assert.Empty(catalogue.Problems);
        var bot = Shout(catalogue);
        Assert.Equal((Id, BotKind.Expert), (bot.Id, bot.Kind));
        Assert.Equal(["marks", "quiet_words"], bot.Parameters.Take(2).Select(parameter => parameter.Key));
        Assert.Contains("How many exclamation marks follow the comment.", BotDescription.ToText(bot), StringComparison.Ordinal);
        Assert.Contains("| `marks` | integer |", BotReference.Pages(catalogue)[$"bots/{Id}.md"], StringComparison.Ordinal);
        Assert.Contains("'marks' is 6; allowed is a whole number from 0 to 5.", ParameterBinder.Bind(bot, new Dictionary<string, Value> { ["marks"] = 6 }).Problems.Select(problem => problem.Message));
    }

    [Fact]
    public async Task It_runs_with_its_parameters_and_its_hooks()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var catalogue = Scan();
        var bot = Shout(catalogue);
        var counting = HookCatalogue.Find("CountingHook", catalogue.Assemblies, out _)!;
        var sign = HookCatalogue.Find("Acme.Bots.SignHook", catalogue.Assemblies, out _)!;
        sign.Configure(new ValueMap { ["signature"] = "the test" });
        Assert.Equal([HookKind.Observe, HookKind.Transform], [counting.Kind, sign.Kind]);

        var bound = ParameterBinder.Bind(bot, new Dictionary<string, Value> { ["marks"] = "2", ["quiet_words"] = "draft, internal" });
        var state = new MemoryStateStore(TimeProvider.System);
        var context = new BotContext
        {
            BotId = "shout",
            Log = NullLogger.Instance,
            State = state,
            Files = new LocalFileStore(_folder, _folder, Path.Combine(_folder, "journal"), state),
            Http = new HttpClients(TimeProvider.System),
            Dns = new DnsResolver(),
        };
        await using var running = await BotAlone.StartAsync(
            bot.Create(), bot.Id, bound.Parameters!, context, new FileClaimCheckStore(Path.Combine(_folder, "claims")), cancellation, [counting, sign]);
        var comments = new List<string>();
        foreach (var comment in new[] { "botnet", "an internal matter" })
        {
            var input = new Event();
            input[Fields.Comment] = comment;
            comments.AddRange((await running.ProcessAsync(input, cancellation)).Select(result => $"{result.Path}: {result.Message![Fields.Comment]}"));
        }

        Assert.Equal(["_default: BOTNET!! -- the test", "_default: an internal matter -- the test"], comments);
        Assert.Equal("2 in, 2 out", counting.ToString());
    }

    [Fact]
    public void A_hook_says_which_parameters_it_does_not_take()
    {
        var catalogue = Scan();
        var refusal = Assert.Throws<BotConfigurationException>(() => HookCatalogue.Find("CountingHook", catalogue.Assemblies, out _)!.Configure(new ValueMap { ["loud"] = true }));
        Assert.Contains("takes no parameters; remove 'loud'", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<BotConfigurationException>(() => HookCatalogue.Find("SignHook", catalogue.Assemblies, out _)!.Configure(new ValueMap { ["signature"] = 5 }));
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_a_problem_and_the_others_are_found()
    {
        Directory.CreateDirectory(Bots);
        File.WriteAllText(Path.Combine(Bots, "Broken.dll"), "this is no assembly");
        File.WriteAllBytes(Path.Combine(Bots, "Empty.dll"), []);
        File.WriteAllBytes(Path.Combine(Bots, "Half.dll"), File.ReadAllBytes(s_package)[..1000]);
        var catalogue = Scan();
        Assert.NotNull(Shout(catalogue).Create());
        Assert.Equal(3, catalogue.Problems.Count);
        Assert.All(["Broken.dll", "Empty.dll", "Half.dll"], name => Assert.Contains(catalogue.Problems, problem => problem.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_copy_of_the_sdk_in_the_folder_does_no_harm()
    {
        Directory.CreateDirectory(Bots);
        foreach (var library in new[] { typeof(Bot).Assembly, typeof(Event).Assembly })
        {
            File.Copy(library.Location, Path.Combine(Bots, Path.GetFileName(library.Location)));
        }

        Assert.IsType<EventExpertBot>(Shout(Scan()).Create(), exactMatch: false);
    }

    [Fact]
    public void The_same_package_twice_is_refused()
    {
        Directory.CreateDirectory(Bots);
        File.Copy(s_package, Path.Combine(Bots, "Copy.dll"));
        Assert.Matches("'acme[a-z.]+' exists twice: in Acme.Bots and in Acme.Bots", Assert.Throws<InvalidOperationException>(Scan).Message);
    }
}
