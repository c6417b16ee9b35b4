// Cells that are remembered give what adding them anew gives.
using System.Text;
using FsCheck.Fluent;

namespace IntelMq.DataFormat.Tests;

public sealed class RememberedCellsTests
{
    private const AddOptions Refusing = AddOptions.RefuseUnfit;

    public static TheoryData<string> Fields { get; } =
    [
        "source.ip", "source.network", "source.fqdn", "source.url", "source.port", "source.asn", "source.geolocation.cc", "source.geolocation.latitude", "feed.accuracy",
        "protocol.transport", "classification.type", "tlp", "source.registry", "malware.name", "source.tor_node", "comment", "extra.tag", "time.source", "source.address", "extra", "raw",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Remembered_or_not_the_events_are_the_same(string name)
    {
        var field = FieldCatalogue.Default.Get(name);
        var cell = Gen.OneOf(Gen.Elements("", "-", "N/A", "AT", "at", "tcp", "80", "0.0.0.0", "192.0.2.1", "192.0.2.0/24", "a.example", "http://a.example/", "phishing", "[{\"ip\":\"192.0.2.1\"}]", "{\"a\":1}"), Generators.Text);
        Generators.ForAll(Gen.NonEmptyListOf(cell), cells =>
        {
            var memory = new RememberedCells(field, FieldCatalogue.Default);
            foreach (var text in cells.Concat(cells).Concat(cells))
            {
                var (fresh, kept) = (new Event(), new Event());
                var expected = fresh.Add(field, text, Refusing);
                if (Take(memory, kept, field, text) is { } result)
                {
                    Assert.Equal(expected, result);
                }
                else
                {
                    Assert.NotEqual(AddResult.Refused, expected);
                }

                Assert.True(fresh.HasSameValues(kept), $"'{text}'");
            }
        });
    }

    [Fact]
    public void A_cell_is_known_the_second_time()
    {
        var memory = new RememberedCells(DataFormat.Fields.Source.Geolocation.Cc, FieldCatalogue.Default);
        Assert.Equal(AddResult.Added, Take(memory, new Event(), DataFormat.Fields.Source.Geolocation.Cc, "at"));
        var made = new Event();
        Assert.True(memory.TryAdd(made, "at"u8));
        Assert.Equal("AT", made[DataFormat.Fields.Source.Geolocation.Cc].AsText());
        Assert.False(memory.TryAdd(new Event(), "AT"u8), "other bytes are another cell");
    }

    [Fact]
    public void A_value_that_is_there_is_for_the_caller_to_judge()
    {
        var field = DataFormat.Fields.Source.Port;
        var memory = new RememberedCells(field, FieldCatalogue.Default);
        Take(memory, new Event(), field, "80");
        Take(memory, new Event(), field, "-");
        var made = new Event();
        made.Add(field, 443);
        Assert.False(memory.TryAdd(made, "80"u8));
        Assert.False(memory.TryAdd(made, "-"u8));
        Assert.Equal(443, made[field].AsInteger());
        Assert.Equal(1, made.Count);
    }

    [Fact]
    public void The_rules_of_another_catalogue_are_its_own()
    {
        var field = DataFormat.Fields.Source.Port;
        var strict = FieldCatalogue.Default.With([new FieldDeclaration { Name = "source.port", Type = FieldTypes.Integer, Length = 1 }.Build()]);
        var memory = new RememberedCells(field, FieldCatalogue.Default);
        Take(memory, new Event(), field, "80");
        Assert.False(memory.TryAdd(new Event(strict), "80"u8));
        var own = new RememberedCells(field, strict);
        Assert.Equal(AddResult.Refused, Take(own, new Event(strict), field, "80"));
        Assert.Equal(AddResult.Added, Take(own, new Event(strict), field, "8"));
        var made = new Event(strict);
        Assert.True(own.TryAdd(made, "8"u8));
        Assert.True(made.Contains("source.port"));
    }

    [Fact]
    public void A_column_that_never_repeats_is_left_alone_and_tried_again()
    {
        var memory = new RememberedCells(DataFormat.Fields.Comment, FieldCatalogue.Default);
        var looked = 0;
        for (var i = 0; i < 100_000; i++)
        {
            if (memory.Looks())
            {
                looked++;
                Assert.False(memory.TryAdd(new Event(), Encoding.ASCII.GetBytes($"cell {i}")));
            }
        }

        Assert.InRange(looked, 2_000, 10_000);
    }

    // As a parser does it; null where the cell was known.
    private static AddResult? Take(RememberedCells memory, Event made, Field field, string cell)
    {
        var bytes = Encoding.UTF8.GetBytes(cell);
        if (memory.TryAdd(made, bytes))
        {
            return null;
        }

        var result = made.Add(field, cell, Refusing);
        memory.Remember(made, bytes, result);
        return result;
    }
}
