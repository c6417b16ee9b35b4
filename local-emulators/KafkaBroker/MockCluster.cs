// The mock cluster that the Kafka client library brings for its own tests.
using System.Globalization;
using System.Runtime.InteropServices;

namespace IntelMq.KafkaBroker;

/// <summary>
/// One broker that speaks the Kafka protocol on a free port of this machine. It keeps 5 MiB of each partition, in memory, and drops what is older whether it
/// was read or not; a topic that somebody asks for is made with four partitions. Its interface is not stable: the library's version is pinned.
/// </summary>
internal sealed partial class MockCluster : IDisposable
{
    private const string Library = "librdkafka";
    private const int Producer = 0;

    // The library for Debian and its relatives comes first: the one of the plain name needs another version of SASL than they have.
    private static readonly string[] s_names = ["centos8-librdkafka", Library, "alpine-librdkafka"];

    private readonly nint _client;
    private readonly nint _cluster;

    static MockCluster() => NativeLibrary.SetDllImportResolver(typeof(MockCluster).Assembly, (name, assembly, path) =>
    {
        foreach (var candidate in name == Library ? s_names : [])
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var library))
            {
                return library;
            }
        }

        return 0;
    });

    /// <summary>Starts the broker.</summary>
    /// <exception cref="DllNotFoundException">The library has no build for this system.</exception>
    public MockCluster()
    {
        // The client owns the cluster and never sends anything; that it knows no brokers need not be told.
        var error = new byte[512];
        var configuration = NewConfiguration();
        _ = Set(configuration, "log_level", "3", error, (nuint)error.Length);
        _client = NewClient(Producer, configuration, error, (nuint)error.Length);
        _cluster = _client == 0 ? 0 : NewCluster(_client, 1);
        if (_cluster == 0)
        {
            throw new InvalidOperationException("The mock cluster does not start: " + System.Text.Encoding.UTF8.GetString(error).TrimEnd('\0'));
        }

        // A group's first member need not wait three seconds for others, and clients may ask who manages topics.
        SetFirstRebalanceDelay(_cluster, 0);
        SetController(_cluster, 1);
        var address = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
        Port = int.Parse(address[(address.LastIndexOf(':') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Tells clients another port of this machine.</summary>
    public void Advertise(int port) => SetAddress(_cluster, 1, "127.0.0.1", port);

    /// <inheritdoc/>
    public void Dispose()
    {
        DestroyCluster(_cluster);
        DestroyClient(_client);
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint NewConfiguration();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(nint configuration, string name, string value, [Out] byte[] error, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint NewClient(int type, nint configuration, [Out] byte[] error, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void DestroyClient(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void DestroyCluster(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_host_port", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetAddress(nint cluster, int broker, string host, int port);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    private static partial void SetFirstRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_set_controller_id")]
    private static partial void SetController(nint cluster, int broker);
}
