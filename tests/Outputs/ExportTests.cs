// The forms in which the file output writes events.
using System.Text;
using FsCheck.Fluent;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.DataFormat.Tests;

namespace IntelMq.Outputs.Tests;

public sealed class ExportTests
{
    private const string Event = """{"source.ip": ["192.0.2.1", "192.0.2.2"], "source.asn": [64496, 64497], "source.fqdn": "example.com", "extra.a": "ü", "extra.b.c": [1], "raw": "cmF3IHRleHQ=", "output": "{\"x\": 1}"}""";

    [Theory]
    [InlineData("{}", """{"extra.a": "ü", "extra.b.c": [1], "output": "{\"x\": 1}", "source.asn": [64496, 64497], "source.fqdn": "example.com", "source.ip": ["192.0.2.1", "192.0.2.2"]}""")]
    [InlineData("""{"keep_raw_field": true, "multiple_values": "first"}""", """{"extra.a": "ü", "extra.b.c": [1], "output": "{\"x\": 1}", "raw": "cmF3IHRleHQ=", "source.asn": 64496, "source.fqdn": "example.com", "source.ip": "192.0.2.1"}""")]
    [InlineData("""{"single_key": "source.ip"}""", "192.0.2.1\n192.0.2.2")]
    [InlineData("""{"single_key": "source.ip", "multiple_values": "first"}""", "192.0.2.1")]
    [InlineData("""{"single_key": "raw"}""", "raw text")]
    [InlineData("""{"single_key": "output"}""", """{"x": 1}""")]
    [InlineData("""{"single_key": "extra"}""", """{"a": "\u00fc", "b": {"c": [1]}}""")]
    [InlineData("""{"single_key": "extra.a"}""", "ü")]
    [InlineData("""{"single_key": "comment"}""", "None")]
    [InlineData("""{"single_key": false}""", """{"extra.a": "ü", "extra.b.c": [1], "output": "{\"x\": 1}", "source.asn": [64496, 64497], "source.fqdn": "example.com", "source.ip": ["192.0.2.1", "192.0.2.2"]}""")]
    public async Task Events_are_written_as_asked_for(string parameters, string expected)
    {
        Assert.Equal(expected + "\n", await WriteAsync(parameters, Event));
    }

    [Fact]
    public async Task Nesting_adds_the_kind_where_it_is_wanted()
    {
        var written = await WriteAsync("""{"hierarchical_output": true, "message_with_type": true}""", """{"source.ip": "192.0.2.1", "raw": "YQ==", "extra.a": 1}""");
        Assert.Equal("""{"__type": "Event", "extra": {"a": 1}, "source": {"ip": "192.0.2.1"}}""" + "\n", written);
    }

    [Fact]
    public async Task Places_of_several_values_become_events()
    {
        Assert.Equal(2, (await WriteAsync("""{"multiple_values": "zip"}""", Event)).Count(c => c == '\n'));
        Assert.Equal(4, (await WriteAsync("""{"multiple_values": "cartesian"}""", Event)).Count(c => c == '\n'));
    }

    [Fact]
    public async Task Too_many_combinations_are_a_dead_letter_without_a_trace_in_the_file()
    {
        var addresses = string.Join(", ", Enumerable.Range(0, 200).Select(i => $"\"192.0.2.{i}\""));
        await using var output = await RunningOutput.StartAsync("""{"file": "all.txt", "multiple_values": "cartesian"}""");
        var result = await output.SendAsync("""{"comment": "before"}""", $$"""{"source.ip": [{{addresses}}], "destination.ip": [{{addresses}}]}""", """{"comment": "behind"}""");
        Assert.Single(result.DeadLetters);
        Assert.Equal("{\"comment\": \"before\"}\n{\"comment\": \"behind\"}\n", output.Written()["all.txt"]);
    }

    [Fact]
    public void An_export_leaves_the_event_as_it_is()
    {
        Generators.ForAll(Generators.Message.Where(message => message is Event), message =>
        {
            var before = EnvelopeWriter.ToText(message);
            foreach (var mode in Enum.GetValues<MultipleOutput>())
            {
                var export = new EventExport(new ExportParameters { MultipleValues = mode, HierarchicalOutput = mode == MultipleOutput.Zip });
                export.WriteLines(new ByteBuffer(), (Event)message);
            }

            Assert.Equal(before, EnvelopeWriter.ToText(message));
        });
    }

    [Fact]
    public async Task Any_event_becomes_one_line_that_reads_back_as_the_event()
    {
        await using var output = await RunningOutput.StartAsync("""{"file": "all.txt", "keep_raw_field": true}""");
        var sent = new List<Value>();
        Generators.ForAll(Generators.Message.Where(message => message is Event && message.Count > 0), message =>
        {
            var frame = EnvelopeWriter.ToText(message);
            var result = output.SendAsync(frame).GetAwaiter().GetResult();
            Assert.Empty(result.DeadLetters);
            Assert.Empty(result.Parked);
            var read = new EnvelopeReader(FieldCatalogue.Default).Read(Encoding.UTF8.GetBytes(frame));
            sent.Add(Value.Of(MessageExport.ToMap(read)));
        });
        var lines = output.Written()["all.txt"].Split('\n')[..^1];
        Assert.Equal(sent, lines.Select(line => JsonText.TryParse(line) ?? Value.Missing));
    }

    private static async Task<string> WriteAsync(string parameters, string message)
    {
        var all = JsonText.TryParse(parameters)!.Value.AsMap()!;
        all["file"] = "all.txt";
        await using var output = await RunningOutput.StartAsync(JsonText.Compact(Value.Of(all)));
        var result = await output.SendAsync(message);
        Assert.Empty(result.DeadLetters);
        return output.Written()["all.txt"];
    }
}
