// Benchmarks: `end-to-end [ROWS] [TIMES]` for the whole pipeline, `frames [EVENTS]` for how messages are
// filled, `input FOLDER ROWS` to write feed and pipeline file, anything else goes to BenchmarkDotNet.
using System.Globalization;
using BenchmarkDotNet.Running;
using IntelMq.Benchmarks;

if (args is ["end-to-end", ..])
{
    var rows = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
    var times = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3;
    return EndToEnd.Run(rows, times, args.Length > 3 ? args[3] : null);
}

if (args is ["input", var target, var count])
{
    return EndToEnd.Prepare(target, int.Parse(count, CultureInfo.InvariantCulture));
}

if (args is ["frames", ..])
{
    return await FrameFill.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20_000);
}

BenchmarkSwitcher.FromAssembly(typeof(EndToEnd).Assembly).Run(args);
return 0;
