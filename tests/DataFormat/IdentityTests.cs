// Ids that a repeated run makes again, and events that become several.
using Xunit;

namespace IntelMq.DataFormat.Tests;

public sealed class IdentityTests
{
    private static readonly Guid s_instance = new("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    [Fact]
    public void Version_5_ids_are_those_of_the_standard() =>
        Assert.Equal(new Guid("cfbff0d1-9375-5685-968c-48ce8b15ae17"), MessageId.Version5(s_instance, "example.com"u8));

    [Fact]
    public void The_same_message_has_the_same_id_and_every_other_another()
    {
        var parent = MessageId.Report(s_instance, "collector", "2015-08-31T08:16:00Z", "https://example.com/list.csv", "00");
        var id = MessageId.Derived(s_instance, parent, "parser", "_default", 3);
        Assert.Equal(id, MessageId.Derived(s_instance, parent, "parser", "_default", 3));
        Guid[] others =
        [
            id, parent, MessageId.Derived(s_instance, parent, "parser", "_default", 4), MessageId.Derived(s_instance, parent, "parser", "other", 3),
            MessageId.Derived(s_instance, parent, "expert", "_default", 3), MessageId.Derived(Guid.Empty, parent, "parser", "_default", 3),
            MessageId.Foreign(s_instance, "queue", "1", 0), MessageId.Foreign(s_instance, "queue", "1", 1),
        ];
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    [Fact]
    public void An_id_stays_what_it_is_from_release_to_release()
    {
        // A retried message must get its id again, whichever release retries it.
        var id = MessageId.Derived(s_instance, new Guid("cfbff0d1-9375-5685-968c-48ce8b15ae17"), "expert", "_default", 7);
        Assert.Equal("25e4a49e-0dc3-8215-bbc3-5fe4b08aa61c", id.ToString());
        Assert.Equal((8, true), (id.Version, id.Variant is >= 8 and <= 11));
    }

    [Fact]
    public void Long_names_make_ids_too()
    {
        var bot = new string('b', 2000);
        Assert.Equal(MessageId.Derived(s_instance, Guid.Empty, bot, "p", 1), MessageId.Derived(s_instance, Guid.Empty, bot, "p", 1));
        Assert.NotEqual(MessageId.Derived(s_instance, Guid.Empty, bot, "p", 1), MessageId.Derived(s_instance, Guid.Empty, bot + "b", "p", 1));
    }

    [Fact]
    public void First_keeps_one_event_with_its_id()
    {
        var single = Assert.Single(Explode.Apply(WithTwoAndThree(), ExplodeMode.First));
        Assert.Equal("192.0.2.1", single[Fields.Source.Ip]);
        Assert.Equal(WithTwoAndThree().Meta.Id, single.Meta.Id);
    }

    [Fact]
    public void Zip_pairs_values_by_place_and_repeats_the_last()
    {
        var exploded = Explode.Apply(WithTwoAndThree(), ExplodeMode.Zip);
        Assert.Equal(["192.0.2.1 64496", "192.0.2.2 64497", "192.0.2.2 64498"], exploded.Select(made => $"{made[Fields.Source.Ip]} {made[Fields.Source.Asn]}"));
        Assert.Equal(3, exploded.Select(made => made.Meta.Id).Distinct().Count());
        Assert.Equal(exploded.Select(made => made.Meta.Id), Explode.Apply(WithTwoAndThree(), ExplodeMode.Zip).Select(made => made.Meta.Id));
    }

    [Fact]
    public void Cartesian_makes_every_combination_up_to_a_limit()
    {
        Assert.Equal(6, Explode.Apply(WithTwoAndThree(), ExplodeMode.Cartesian).Select(made => EnvelopeWriter.ToText(made)).Distinct().Count());
        var made = new Event();
        made.Add(Fields.Source.Asn, Value.Of(Enumerable.Range(1, 101).Select(number => Value.Of((long)number))));
        made.Add(Fields.Destination.Asn, Value.Of(Enumerable.Range(1, 100).Select(number => Value.Of((long)number))));
        Assert.Throws<InvalidValueException>(() => Explode.Apply(made, ExplodeMode.Cartesian));
    }

    private static Event WithTwoAndThree()
    {
        var made = new Event();
        made.Add(Fields.Source.Ip, Value.Of(["192.0.2.1", "192.0.2.2"]));
        made.Add(Fields.Source.Asn, Value.Of([64496, 64497, 64498]));
        made.Meta.Id = MessageId.Foreign(s_instance, "queue", "1", 0);
        return made;
    }
}
