// An expert of the catalogue, started for a test with parameters as a pipeline file gives them.
using System.Net;
using IntelMq.Bots;
using IntelMq.DataFormat;
using IntelMq.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IntelMq.Experts.Tests;

/// <summary>Runs an expert and gathers what it sends.</summary>
internal sealed class RunningExpert : IOutbox
{
    private readonly ExpertBot _bot;
    private readonly List<(string Path, Event Message)> _sent = [];

    private RunningExpert(ExpertBot bot) => _bot = bot;

    /// <summary>The bots of the assembly.</summary>
    public static BotCatalogue Catalogue { get; } = BotCatalogue.Scan([typeof(TaxonomyExpert).Assembly]);

    /// <summary>Starts the expert of a short name such as "url".</summary>
    /// <exception cref="BotConfigurationException">The parameters are refused, by the binder or by the bot.</exception>
    public static async Task<RunningExpert> StartAsync(string name, string parameters, FakeTimeProvider? clock = null, IStateStore? state = null, string folder = ".")
    {
        clock ??= new FakeTimeProvider(new DateTimeOffset(2024, 5, 1, 12, 0, 0, TimeSpan.Zero));
        state ??= new MemoryStateStore(clock);
        Assert.True(Catalogue.TryGet($"intelmq.bots.experts.{name}.expert", out var descriptor));
        var bound = ParameterBinder.Bind(descriptor, JsonText.TryParse(parameters)!.Value.AsMap()!.ToDictionary(item => item.Key, item => item.Value));
        if (bound.Parameters is null)
        {
            throw new BotConfigurationException(bound.Problems.Select(problem => problem.Message).ToArray());
        }

        var bot = (ExpertBot)descriptor.Create();
        var context = new BotContext
        {
            BotId = name,
            Clock = clock,
            Log = NullLogger.Instance,
            State = state,
            Files = new LocalFileStore(folder, folder, folder, state),
            Http = new Unreachable(),
            Dns = new Unreachable(),
        };
        await bot.StartAsync(context, bound.Parameters, TestContext.Current.CancellationToken);
        return new RunningExpert(bot);
    }

    /// <summary>Gives the expert events together and returns what it sent.</summary>
    public async Task<IReadOnlyList<(string Path, Event Message)>> SendAsync(params Event[] events)
    {
        _sent.Clear();
        if (_bot is BatchExpertBot batch)
        {
            await batch.ProcessAsync(new EventBatch("batch", events), this, TestContext.Current.CancellationToken);
        }
        else
        {
            Array.ForEach(events, input => ((EventExpertBot)_bot).Process(input, this));
        }

        return _sent.ToArray();
    }

    /// <summary>An event from JSON, with an id.</summary>
    public static Event Event(string json, int id = 1)
    {
        var message = (Event)FlatMessage.Read(System.Text.Encoding.UTF8.GetBytes(json), FieldCatalogue.Default, MessageKinds.Event);
        message.Meta.Id = MessageId.Foreign(Guid.Empty, "test", "message", id);
        return message;
    }

    /// <summary>The only event that came out, as a flat map.</summary>
    public async Task<Value> OneAsync(string json) => Value.Of(MessageExport.ToMap(Assert.Single(await SendAsync(Event(json))).Message));

    /// <summary>Stops the expert.</summary>
    public ValueTask StopAsync() => _bot.StopAsync(TestContext.Current.CancellationToken);

    void IOutbox.Send(Event message, Event origin, string path) => _sent.Add((path, (Event)message.Clone()));

    private sealed class Unreachable : IHttpClients, IDnsResolver
    {
        public HttpClient For(BotParameters parameters, HttpCredentials? credentials = null) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<string>> NamesAsync(IPAddress address, CancellationToken cancellation) => throw new TransientException("There is no network.");

        public ValueTask<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) => throw new TransientException("There is no network.");
    }
}
