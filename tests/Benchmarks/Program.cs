// Benchmarks, a verb each; docs/performance.md says what they show. What is no verb goes to BenchmarkDotNet (--filter '*').
using System.Globalization;
using BenchmarkDotNet.Running;
using IntelMq.Benchmarks;

int Number(int place, int otherwise) => args.Length > place ? int.Parse(args[place], CultureInfo.InvariantCulture) : otherwise;

switch (args)
{
    case ["end-to-end", ..]:
        return EndToEnd.Run(Number(1, 100_000), Number(2, 3));
    case ["input", var folder, _]:
        EndToEnd.Prepare(folder, Number(2, 0));
        return 0;
    case ["frames", ..]:
        return await FrameFill.RunAsync(Number(1, 20_000));
    case ["latency", ..]:
        return await Latency.RunAsync(Number(1, 205));
    case ["idle", ..]:
        return await Idle.RunAsync(Number(1, 30));
    case ["shapes", ..]:
        return Shapes.Run(Number(1, 100_000), Number(2, 100_000));
    case ["trickle", ..]:
        return await Trickle.RunAsync(Number(1, 600));
    case ["growth", ..]:
        return Growth.Run(Number(1, 100_000));
    case ["profile", ..]:
        return Profile.Run(Number(1, 100_000));
    case ["loop", .. var rest]:
        args = [.. args.Where(argument => argument != "--check")];
        return LoopVerb.Run(Number(1, 100_000), Number(2, 3), rest.Contains("--check"));
    case ["startup", .. var rest]:
        return await StartupVerb.RunAsync(Number(1, 15), [.. rest.Skip(1)]);
    case [LoopVerb.Alone, var feed, var output]:
        return LoopVerb.RunAlone(feed, output);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(EndToEnd).Assembly).Run(args, new PiecesConfig());
        return 0;
}
