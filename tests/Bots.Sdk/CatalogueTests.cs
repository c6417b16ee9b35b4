// How bots are found, and what is refused.
using System.Reflection;
using System.Reflection.Emit;

namespace IntelMq.Bots.Tests;

public sealed class CatalogueTests
{
    // Broken bots are made on the fly: in this assembly they would break every other test.
    private static Assembly AssemblyWith(string name, Type baseType, string id)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(name), AssemblyBuilderAccess.Run).DefineDynamicModule(name);
        var type = module.DefineType(name + ".MadeBot", TypeAttributes.Public | TypeAttributes.Class, baseType);
        var declaration = typeof(BotAttribute).GetConstructor([typeof(string), typeof(string)])!;
        type.SetCustomAttribute(new CustomAttributeBuilder(declaration, [id, "Made by a test."]));
        type.CreateType();
        return type.Assembly;
    }

    public class WithoutGuarantee : OutputBot<OutputParameters>
    {
        public override ValueTask WriteAsync(EventBatch batch, CancellationToken cancellation) => ValueTask.CompletedTask;
    }

    public class Fine : EventExpertBot<ExpertParameters>
    {
        public override void Process(DataFormat.Event input, IOutbox outbox) => outbox.Send(input, input);
    }

    public class WithUndocumented : EventExpertBot<DeclarationTests.Undocumented>
    {
        public override void Process(DataFormat.Event input, IOutbox outbox) => outbox.Send(input, input);
    }

    private static string Refusal(params Assembly[] assemblies) => Assert.Throws<InvalidOperationException>(() => BotCatalogue.Scan(assemblies)).Message;

    [Fact]
    public void Bots_come_by_id_with_kind_and_parameters()
    {
        var catalogue = TestCatalogue.Catalogue;
        Assert.Equal(["test.all_types.expert", "test.demanding.output", "test.empty.collector"], catalogue.All.Select(bot => bot.Id));
        Assert.Equal([BotKind.Expert, BotKind.Output, BotKind.Collector], catalogue.All.Select(bot => bot.Kind));
        Assert.Empty(catalogue.Problems);
        Assert.True(catalogue.TryGet("test.all_types.expert", out var bot));
        Assert.Equal(typeof(AllTypes), bot.ParametersType);
        Assert.Equal(["loud"], bot.Paths);
        Assert.IsType<AllTypesBot>(bot.Create());
        Assert.NotSame(bot.Create(), bot.Create());
    }

    [Fact]
    public void An_unknown_id_gets_a_hint()
    {
        Assert.False(TestCatalogue.Catalogue.TryGet("test.al_types.expert", out _));
        Assert.Equal("test.all_types.expert", TestCatalogue.Catalogue.Nearest("test.al_types.expert"));
        Assert.Null(TestCatalogue.Catalogue.Nearest("nothing like it"));
    }

    [Fact]
    public void An_assembly_that_is_named_twice_counts_once() =>
        Assert.Equal(3, BotCatalogue.Scan([typeof(AllTypesBot).Assembly, typeof(AllTypesBot).Assembly]).All.Count);

    [Fact]
    public void An_id_that_exists_twice_names_both_packages()
    {
        var refusal = Refusal(AssemblyWith("First.Package", typeof(Fine), "test.same"), AssemblyWith("Second.Package", typeof(Fine), "test.same"));
        Assert.Contains("'test.same'", refusal, StringComparison.Ordinal);
        Assert.Contains("First.Package", refusal, StringComparison.Ordinal);
        Assert.Contains("Second.Package", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bot_without_a_kind() => Assert.Contains("is no collector, parser, expert or output", Refusal(AssemblyWith("No.Kind", typeof(object), "test.no_kind")), StringComparison.Ordinal);

    [Fact]
    public void An_output_without_a_guarantee() => Assert.Contains("does not declare its guarantee", Refusal(AssemblyWith("No.Guarantee", typeof(WithoutGuarantee), "test.careless")), StringComparison.Ordinal);

    [Fact]
    public void A_parameter_without_documentation() => Assert.Contains("Bare has no [Parameter]", Refusal(AssemblyWith("No.Documentation", typeof(WithUndocumented), "test.silent")), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/motd")]
    [InlineData("two words")]
    [InlineData("test..expert")]
    [InlineData("test.expert\n")]
    public void An_id_that_is_no_module_name(string id) => Assert.Contains("An id is words of", Refusal(AssemblyWith("Odd.Id", typeof(Fine), id)), StringComparison.Ordinal);

    [Fact]
    public void Hooks_are_found_by_short_and_by_full_name()
    {
        foreach (var name in new[] { nameof(QuietHook), typeof(QuietHook).FullName! })
        {
            Assert.IsType<QuietHook>(HookCatalogue.Find(name, TestCatalogue.Catalogue.Assemblies, out var problem));
            Assert.Null(problem);
        }
    }

    [Fact]
    public void An_unknown_hook_gets_a_sentence_with_the_near_name()
    {
        Assert.Null(HookCatalogue.Find("QiuetHook", TestCatalogue.Catalogue.Assemblies, out var problem));
        Assert.Contains("did you mean 'QuietHook'?", problem, StringComparison.Ordinal);
    }
}
