// Names of functions, bindings, queues and tables: valid everywhere, and never two alike.
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace IntelMq.Pipeline.Tests.Compile;

public sealed partial class EntityNameTests
{
    // Pieces that make names nearly alike: case, hyphens, digits at the start, forms of hashed names, what hosts keep for themselves.
    private static readonly Gen<string> s_names = Gen.OneOf(
        Gen.Elements(
            "a", "A", "b", "-", "--", "_", ".", ".1", "1", "queue", "-queue", "Queue", "poison", "-poison", "_poison", "host", "bin", "pipeline", "park_frames", "purge_state", "show_status", "frames", "timer", "req", "res",
            "-x0123456789ab", "x0123456789ab", "é", "İ", "ß", "\ud83d\ude00", "\ud83d", "\ude00", "\0", " ", "/", "q", "z").ListOf().Select(string.Concat),
        ArbMap.Default.ArbFor<string>().Generator.Select(text => text ?? ""),
        Gen.Choose(50, 220).Select(length => new string('l', length)),
        Gen.Choose(50, 220).Select(length => string.Concat(Enumerable.Repeat("long-", length / 5)) + "end"));

    [GeneratedRegex(@"^[a-z][a-z0-9_\-]{0,127}\z")]
    private static partial Regex FunctionForm();

    // The service counts characters, hyphens too: 3 to 63.
    [GeneratedRegex(@"^(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex QueueForm();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9]{0,127}\z")]
    private static partial Regex BindingForm();

    [GeneratedRegex(@"^[a-z][a-z0-9]{2,62}\z")]
    private static partial Regex TableForm();

    private static bool AreUnlike(IEnumerable<string> ids, Func<string, string> map)
    {
        var names = ids.Distinct(StringComparer.Ordinal).Select(map).ToArray();
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
    }

    // What a name becomes may be the name of another: each id is tried beside its own mapped form.
    private static IReadOnlyList<string> WithMapped(IEnumerable<string> ids)
    {
        var all = ids.ToArray();
        return [.. all, .. all.Select(EntityNames.Function), .. all.Select(EntityNames.Entity), .. all.Select(EntityNames.Table), .. all.Select(id => EntityNames.Poison(EntityNames.Entity(id)))];
    }

    [Property(MaxTest = 300)]
    public Property No_two_ids_get_the_same_name() => Prop.ForAll(s_names.NonEmptyListOf().ToArbitrary(), ids =>
    {
        var all = WithMapped(ids);
        var bindings = EntityNames.Bindings(all);
        return AreUnlike(all, EntityNames.Function) && AreUnlike(all, EntityNames.Entity) && AreUnlike(all, EntityNames.Table) && AreUnlike(all, id => bindings[id]);
    });

    [Property(MaxTest = 2000)]
    public Property Names_are_valid_and_the_same_every_time() => Prop.ForAll(s_names.ToArbitrary(), id =>
    {
        var (function, entity, table) = (EntityNames.Function(id), EntityNames.Entity(id), EntityNames.Table(id));
        return FunctionForm().IsMatch(function) && function.Length <= EntityNames.MaxLength
            && QueueForm().IsMatch(entity) && entity.Length <= EntityNames.MaxLength
            && QueueForm().IsMatch(EntityNames.Poison(entity))
            && TableForm().IsMatch(table)
            && BindingForm().IsMatch(EntityNames.Bindings([id])[id])
            && FunctionForm().IsMatch(EntityNames.PoisonFunction(entity))
            && function == EntityNames.Function(id) && entity == EntityNames.Entity(id);
    });

    [Property(MaxTest = 300)]
    public Property Service_functions_and_poison_queues_never_collide() => Prop.ForAll(s_names.NonEmptyListOf().ToArbitrary(), ids =>
    {
        var all = WithMapped(ids);
        var functions = all.Select(EntityNames.Function).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var entities = all.Select(EntityNames.Entity).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] services = [EntityNames.ParkFunction, EntityNames.PurgeFunction, EntityNames.StatusFunction, .. entities.Select(EntityNames.PoisonFunction)];
        return !functions.Overlaps(services)
            && !entities.Overlaps(entities.Select(EntityNames.Poison))
            && EntityNames.Bindings(all).Values.All(binding => binding is not ("frames" or "timer" or "req" or CompiledApp.HttpOutput));
    });

    [Theory]
    [InlineData("deduplicator", "deduplicator")]
    [InlineData("spamhaus-drop-collector", "spamhaus-drop-collector")]
    [InlineData("a", "a")]
    [InlineData("n1-bot", "n1-bot")]
    public void A_good_id_stays(string id, string function) => Assert.Equal(function, EntityNames.Function(id));

    [Theory]
    [InlineData("Deduplicator", "deduplicator-x")]
    [InlineData("1-bot", "n1-bot-x")]
    [InlineData("worker.2", "worker-2-x")]
    [InlineData("host", "host-x")]
    [InlineData("bin", "bin-x")]
    [InlineData("pipeline", "pipeline-x")]
    [InlineData("-", "n-x")]
    [InlineData("é", "n-x")]
    public void Any_other_keeps_a_readable_beginning(string id, string beginning) => Assert.Matches($"^{beginning}[0-9a-f]{{12}}$", EntityNames.Function(id));

    [Theory]
    [InlineData("j-n")]
    [InlineData("a-b-c")]
    [InlineData("mail")]
    public void A_good_queue_name_stays(string queue)
    {
        Assert.Matches(QueueForm(), queue);
        Assert.Equal(queue, EntityNames.Entity(queue));
    }

    [Fact]
    public void A_queue_never_has_the_name_of_a_poison_queue() => Assert.Matches("^mail-poison-x[0-9a-f]{12}$", EntityNames.Entity("mail-poison"));

    [Fact]
    public void Bindings_are_readable_and_get_a_hash_only_where_two_are_alike()
    {
        Assert.Equal("toParseQueue", EntityNames.Bindings(["parse-queue", "write-queue"])["parse-queue"]);
        var alike = EntityNames.Bindings(["aa-b", "aab", "other"]);
        Assert.Equal("toOther", alike["other"]);
        Assert.Matches("^toAaBX[0-9a-f]{12}$", alike["aa-b"]);
        Assert.Matches("^toAabX[0-9a-f]{12}$", alike["aab"]);
    }
}
