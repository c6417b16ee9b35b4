// A case: a folder with what a bot is given and what must come out.
using System.Runtime.CompilerServices;
using IntelMq.DataFormat;

namespace IntelMq.Bots.Cases;

/// <summary>
/// One folder <c>Cases/&lt;bot id&gt;/&lt;name&gt;</c>. Parsers: <c>input.*</c> is the raw data and <c>report.json</c> the report's other fields; experts and outputs:
/// <c>input.jsonl</c> holds a message per line; collectors: <c>files/</c> and <c>answers.json</c>; bots that talk to a broker: <c>redis.json</c> or
/// <c>rabbitmq.json</c> (see <see cref="CaseBrokers"/>). Always: <c>expected.jsonl</c>; where they matter
/// <c>parameters.json</c> and, for outputs, the written files in <c>expected/</c>.
/// </summary>
/// <param name="BotId">The bot.</param>
/// <param name="Name">The name of the case.</param>
/// <param name="Folder">The folder, as an absolute path.</param>
internal sealed record BotCase(string BotId, string Name, string Folder)
{
    /// <summary>The folder of all cases: in the source tree, so that expected results can be written there.</summary>
    public static string Root { get; } = Path.Combine(SourceFolder(), "Cases");

    /// <summary>All cases, in order.</summary>
    public static IReadOnlyList<BotCase> All { get; } =
    [
        .. from bot in Directory.GetDirectories(Root).Order(StringComparer.Ordinal)
           from folder in Directory.GetDirectories(bot).Order(StringComparer.Ordinal)
           select new BotCase(Path.GetFileName(bot), Path.GetFileName(folder), folder),
    ];

    /// <summary>What must come out, a JSON value per line.</summary>
    public string ExpectedLines => In("expected.jsonl");

    /// <summary>The files that an output must write.</summary>
    public string ExpectedFiles => In("expected");

    /// <summary>Recorded answers of HTTP and DNS; without the file nothing is answered.</summary>
    public byte[] Answers => File.Exists(In("answers.json")) ? File.ReadAllBytes(In("answers.json")) : "[]"u8.ToArray();

    /// <summary>The parameters.</summary>
    public ValueMap Parameters => Map("parameters.json");

    /// <summary>The case of a name as <see cref="ToString"/> gives it.</summary>
    public static BotCase Find(string text) => All.Single(known => known.ToString() == text);

    /// <summary>The cases of a bot.</summary>
    public static IEnumerable<BotCase> Of(BotDescriptor bot) => All.Where(known => known.BotId == bot.Id);

    /// <summary>The messages that the bot is given, as JSON.</summary>
    public IEnumerable<byte[]> Messages(BotKind kind) => kind switch
    {
        BotKind.Collector => [],
        BotKind.Parser => [Report(File.ReadAllBytes(Directory.GetFiles(Folder, "input.*").Single()))],
        _ => File.ReadAllLines(In("input.jsonl")).Where(line => line.Length > 0).Select(System.Text.Encoding.UTF8.GetBytes),
    };

    /// <summary>A report with this case's fields and some raw data, as JSON.</summary>
    public byte[] Report(ReadOnlySpan<byte> raw)
    {
        var report = new ValueMap { ["__type"] = "Report" };
        foreach (var (name, value) in Map("report.json"))
        {
            report[name] = value;
        }

        report["raw"] = Convert.ToBase64String(raw);
        return System.Text.Encoding.UTF8.GetBytes(JsonText.Compact(Value.Of(report)));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{BotId}/{Name}";

    private ValueMap Map(string file)
    {
        if (!File.Exists(In(file)))
        {
            return [];
        }

        return JsonText.TryParse(File.ReadAllBytes(In(file)))?.AsMap() ?? throw new InvalidDataException($"{In(file)} is no JSON object.");
    }

    private string In(string file) => Path.Combine(Folder, file);

    private static string SourceFolder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
