// A Kafka broker for a developer's machine: IntelMq.KafkaBroker [--port N] [--idle MINUTES].
using System.Globalization;
using System.Runtime.InteropServices;
using IntelMq.KafkaBroker;

const int WrongUsage = 64;
var (port, idle) = (9092, TimeSpan.Zero);
for (var i = 0; i < args.Length; i += 2)
{
    var isNumber = int.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
    switch (args[i])
    {
        case "--port" when isNumber && number <= ushort.MaxValue:
            port = number;
            break;
        case "--idle" when isNumber && number > 0:
            idle = TimeSpan.FromMinutes(number);
            break;
        default:
            Console.Error.WriteLine("""
                Usage: IntelMq.KafkaBroker [--port N] [--idle MINUTES]
                  --port    where it listens on 127.0.0.1; 0 takes a free port. Default: 9092
                  --idle    ends when no client was connected for so long; it then does not end with Ctrl-C. Default: it stays
                It keeps 5 MiB of each partition, in memory only: for development and tests.
                """);
            return WrongUsage;
    }
}

using var cluster = new MockCluster();
using var gate = FixedPort.Open(port, cluster.Port);
cluster.Advertise(gate.Port);
var ended = new TaskCompletionSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
{
    // In a terminal, Ctrl-C reaches whoever started this broker too, and that one decides what becomes of the messages.
    signal.Cancel = true;
    if (idle == TimeSpan.Zero)
    {
        ended.TrySetResult();
    }
});
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    ended.TrySetResult();
});

// Whoever started it waits for this line.
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Kafka listens on 127.0.0.1:{gate.Port}"));
await Task.WhenAny(ended.Task, idle == TimeSpan.Zero ? Task.Delay(Timeout.Infinite) : gate.WhenIdleAsync(idle));
return 0;
