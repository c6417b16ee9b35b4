// Files that are not what they should be: each ends in a sentence, none in an exception.
using System.Text;
using IntelMq.DataFormat;
using IntelMq.Pipeline.Files;

namespace IntelMq.Pipeline.Tests;

public sealed class ConfigFileTests
{
    private static void Expect(byte[] file, string expected)
    {
        var loaded = Loading.Load(file);
        Assert.Null(loaded.Pipeline);
        Assert.Contains(expected, loaded.Text(), StringComparison.Ordinal);
    }

    private static void Expect(string file, string expected) => Expect(Encoding.UTF8.GetBytes(file), expected);

    [Fact]
    public void A_missing_file()
    {
        var loaded = PipelineFile.Load(Path.Combine(Path.GetTempPath(), "no-such-folder", "runtime.yaml"), Loading.Catalogue, new Dictionary<string, string>());
        Assert.EndsWith("runtime.yaml: error: There is no such file. Give the path of the pipeline file.", loaded.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder()
    {
        var loaded = PipelineFile.Load(Path.GetTempPath(), Loading.Catalogue, new Dictionary<string, string>());
        Assert.EndsWith("error: This is a folder. Name the pipeline file in it.", loaded.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_path_that_is_none(string path) =>
        Assert.True(PipelineFile.Load(path, Loading.Catalogue, new Dictionary<string, string>()).HasErrors);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n...\n")]
    public void An_empty_file(string file) => Expect(file, "runtime.yaml: error: The file is empty. A pipeline file is a map.");

    [Fact]
    public void A_list() => Expect("- a\n- b\n", "runtime.yaml:1:1: error: The file is a list, but a pipeline file is a map: 'key: value' lines.");

    [Fact]
    public void No_bots() => Expect("global: {}\n", "runtime.yaml: error: The pipeline has no bots.");

    [Fact]
    public void A_NUL_byte() => Expect("global:\n  ä: \0", "runtime.yaml:2:6: error: Here is a NUL byte.");

    [Fact]
    public void Bytes_that_are_no_text() => Expect([.. "global:\n  ä: "u8, 0xC3, 0x28], "runtime.yaml:2:6: error: Here is a byte that is not UTF-8.");

    [Fact]
    public void Utf_16() => Expect([0xFF, 0xFE, 0x61, 0], "runtime.yaml:1:1: error: The file is UTF-16. Save the pipeline file as UTF-8.");

    [Fact]
    public void A_byte_order_mark_does_not_matter() => Assert.Empty(Loading.Load([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Loading.Good)]).Problems);

    [Fact]
    public void Windows_line_ends_do_not_matter() => Assert.Empty(Loading.Load(Loading.Good.Replace("\n", "\r\n", StringComparison.Ordinal)).Problems);

    [Fact]
    public void Broken_yaml() => Expect("a: [1, 2\nb: 3\n", "runtime.yaml:1:6: error: The YAML is broken");

    [Fact]
    public void A_second_document() => Expect("a: {}\n---\nb: {}\n", "runtime.yaml:2:1: error: Here a second document starts.");

    [Fact]
    public void A_tab_in_yaml() => Expect("a:\n\tmodule: b\n", "YAML is indented with blanks, and the file holds tabs.");

    [Fact]
    public void Json_with_tabs_is_read_and_keeps_its_places()
    {
        var json = "{\n\t\"fetch\": {\n\t\t\"module\": \"" + Loading.Collector + "\",\n\t\t\"parameters\": {\"http_url\": \"https://feed.example.com/\", \"destination_queues\": [\"ä\", \"parse-queue\"]}\n\t},\n\t\"parse\": {\"module\": \"" + Loading.Output + "\"}\n}";
        Assert.Equal(["runtime.yaml:4:82: error: The bot 'fetch' sends to the queue 'ä', which no bot reads. A bot reads '<its id>-queue' unless its 'source_queue' says otherwise."], Loading.Load(json).Problems.Select(problem => problem.ToString()));
        Assert.Empty(Loading.Load(json.Replace("\"ä\", ", "", StringComparison.Ordinal)).Problems);
    }

    [Fact]
    public void Broken_json_with_tabs() => Expect("{\n\t\"a\": {,\n\t}\n}", "runtime.yaml:2:8: error: The JSON is broken: ");

    [Fact]
    public void An_alias_without_anchor() => Expect("a: *b\n", "runtime.yaml:1:4: error: There is no anchor '&b' before this alias.");

    [Fact]
    public void An_alias_in_its_own_anchor() => Expect("a: &b {c: *b}\n", "runtime.yaml:1:11: error: The alias '*b' stands inside its own anchor");

    [Fact]
    public void A_list_as_key() => Expect("? [a]\n: b\n", "error: A key must be a text, not a list or map.");

    [Fact]
    public void A_tag_of_a_programming_language() =>
        Expect("a: !!python/object:os.system {}\n", "runtime.yaml:1:4: error: The tag 'tag:yaml.org,2002:python/object:os.system' is not allowed here.");

    [Fact]
    public void An_alias_bomb()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 30; i++)
        {
            var alias = $"*a{i - 1}";
            bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat(alias, 10))}]\n");
        }

        Expect(bomb.ToString(), "becomes too large when its aliases are written out");
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    [InlineData("- ", "")]
    public void Deep_nesting(string open, string close) =>
        Expect("a: \n  " + string.Concat(Enumerable.Repeat(open, 50_000)) + "x" + string.Concat(Enumerable.Repeat(close, 50_000)), "levels deep here. Flatten them.");

    [Fact]
    public void Deep_nesting_by_aliases()
    {
        var file = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < 200; i++)
        {
            file.Append($"a{i}: &a{i} [*a{i - 1}]\n");
        }

        Expect(file.ToString(), "levels deep here. Flatten them.");
    }

    [Fact]
    public void A_file_that_is_too_large() => Expect(new byte[TextFile.MaxLength + 1], "error: The file is larger than 8 MiB.");

    [Theory]
    [InlineData("yes", "yes")]
    [InlineData("no", "no")]
    [InlineData("2024-01-31", "2024-01-31")]
    [InlineData("2024-01-31T12:00:00Z", "2024-01-31T12:00:00Z")]
    [InlineData("1_000", "1_000")]
    [InlineData("'true'", "true")]
    [InlineData("\"5\"", "5")]
    [InlineData("!!str 5", "5")]
    [InlineData("! 5", "5")]
    [InlineData("12:30:45", "12:30:45")]
    [InlineData("0b11", "0b11")]
    public void Texts_stay_texts(string yaml, string expected) => Assert.Equal(Value.Of(expected), Read(yaml));

    [Fact]
    public void Numbers_flags_and_null()
    {
        Assert.Equal(10, Read("010").AsInteger());
        Assert.Equal(8, Read("0o10").AsInteger());
        Assert.Equal(255, Read("0xfF").AsInteger());
        Assert.Equal(-5, Read("-5").AsInteger());
        Assert.Equal(1.5e3, Read("1.5e3").AsFloat());
        Assert.Equal(0.5, Read(".5").AsFloat());
        Assert.Equal(double.NegativeInfinity, Read("-.inf").AsFloat());
        Assert.True(Read("True").AsBoolean());
        Assert.False(Read("FALSE").AsBoolean());
        Assert.Equal(Value.Null, Read("~"));
        Assert.Equal(Value.Null, Read(""));
    }

    private static Value Read(string yaml)
    {
        var map = Assert.IsType<ConfigMap>(YamlConfig.Read("a: " + yaml, new ProblemLog("x")));
        return map["a"]!.Node.ToValue();
    }
}
