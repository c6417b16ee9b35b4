// The file output, started for a test in a folder of its own.
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Runtime;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Outputs.Tests;

/// <summary>Runs the file output, through the same invocation as in a pipeline, and reads what it wrote.</summary>
internal sealed class RunningOutput : IAsyncDisposable
{
    private static readonly BotCatalogue s_catalogue = BotCatalogue.Scan([typeof(FileOutput).Assembly]);

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("output-");
    private readonly LocalFileStore _files;
    private BotRunner? _runner;
    private int _frames;

    private RunningOutput(IStateStore state) => _files = new LocalFileStore(Folder, Folder, Path.Combine(_scratch.FullName, "journal"), state);

    /// <summary>The folder that relative paths start at; beside it nothing may be written.</summary>
    public string Folder => Path.Combine(_scratch.FullName, "data");

    /// <summary>Starts the output.</summary>
    /// <exception cref="BotConfigurationException">The parameters are refused, by the binder or by the bot.</exception>
    public static async Task<RunningOutput> StartAsync(string parameters)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Assert.True(s_catalogue.TryGet("intelmq.bots.outputs.file.output", out var descriptor));
        var bound = ParameterBinder.Bind(descriptor, JsonText.TryParse(parameters)!.Value.AsMap()!.ToDictionary(item => item.Key, item => item.Value));
        if (bound.Parameters is null)
        {
            throw new BotConfigurationException(bound.Problems.Select(problem => problem.Message).ToArray());
        }

        var state = new MemoryStateStore(clock);
        var output = new RunningOutput(state);
        var answers = RecordedAnswers.Parse("[]"u8);
        var context = new BotContext
        {
            BotId = "output",
            Fields = FieldCatalogue.Default.With(clock),
            Clock = clock,
            Log = NullLogger.Instance,
            State = state,
            Files = output._files,
            Http = answers,
            Dns = answers,
        };
        var settings = new BotSettings
        {
            BotId = "output",
            Module = descriptor.Id,
            Instance = MessageId.Version5(Guid.Empty, "output tests"u8),
            SourceQueue = "output-queue",
            EveryPathLeads = true,
        };
        var claims = new FileClaimCheckStore(Path.Combine(output._scratch.FullName, "claims"));
        output._runner = await BotRunner.StartAsync(descriptor.Create(), bound.Parameters, settings, context, claims, TestContext.Current.CancellationToken);
        return output;
    }

    /// <summary>Gives the output messages as one frame.</summary>
    public Task<InvocationResult> SendAsync(params string[] messages)
    {
        var frame = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', messages));
        return _runner!.InvokeAsync([new Delivery($"frame-{_frames++}", frame, frame.Length)], TestContext.Current.CancellationToken);
    }

    /// <summary>The written files by path below the scratch folder's <c>data</c>, with '/'; also what lies beside it, with <c>../</c>.</summary>
    public SortedDictionary<string, string> Written()
    {
        var written = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(_scratch.FullName, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".open", StringComparison.Ordinal)))
        {
            written[Path.GetRelativePath(Folder, path).Replace('\\', '/')] = File.ReadAllText(path);
        }

        return written;
    }

    /// <summary>Closes the files.</summary>
    public async Task StopAsync()
    {
        await _runner!.DisposeAsync();
        await _files.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _scratch.Delete(recursive: true);
    }
}
