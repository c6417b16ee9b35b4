// profile [ROWS]: where the time of the pipeline goes, by perf.
using System.Diagnostics;
using System.Globalization;

namespace IntelMq.Benchmarks;

/// <summary>Runs the benchmark's pipeline under <c>perf record</c> and adds up the samples by what was running. Needs Linux's perf.</summary>
internal static class Profile
{
    private static readonly (string Part, string[] Names)[] s_parts =
    [
        ("kernel (files, memory, waiting)", ["[kernel", "[vdso]", "[unknown]"]),
        ("just-in-time compiler", ["libclrjit"]),
        (".NET runtime (allocation, collection, type checks)", ["libcoreclr", "libclrgc", "libSystem.Native", "libhost"]),
        ("SQLite", ["libe_sqlite3"]),
        ("OpenSSL (hashes)", ["libcrypto", "libSystem.Security"]),
        ("libc (memory)", ["libc.so", "ld-linux", "libstdc++", "libpthread", "libm.so"]),
    ];

    /// <summary>The verb.</summary>
    public static int Run(int rows)
    {
        using var scratch = Checkout.NewScratch();
        EndToEnd.Prepare(scratch.Folder, rows);
        var record = scratch.At("perf.data");
        if (Said("record", "-F", "499", "-o", record, "--", "dotnet", Checkout.Command, "run", scratch.At("runtime.yaml"), "--once", "--data", scratch.At("data"), "--json") is null)
        {
            return 1;
        }

        var shares = new Dictionary<string, double>();
        foreach (var line in Said("report", "-i", record, "--sort", "dso", "-g", "none", "--stdio")?.Split('\n') ?? [])
        {
            var cells = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (cells is [[.., '%'], var name] && double.TryParse(cells[0].TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var share))
            {
                // What remains is compiled C#: assemblies, and memory that the compiler wrote to.
                var part = s_parts.FirstOrDefault(part => part.Names.Any(start => name.StartsWith(start, StringComparison.Ordinal))).Part ?? "compiled C#";
                shares[part] = shares.GetValueOrDefault(part) + share;
            }
        }

        Console.WriteLine("| part | share of CPU samples |");
        Console.WriteLine("|---|---|");
        foreach (var (part, share) in shares.OrderByDescending(item => item.Value))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {part} | {share:F0} % |"));
        }

        return 0;
    }

    // Null where perf is not there or fails.
    private static string? Said(params string[] arguments)
    {
        try
        {
            using var perf = Process.Start(new ProcessStartInfo("perf", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = perf.StandardError.ReadToEndAsync();
            var said = perf.StandardOutput.ReadToEnd();
            perf.WaitForExit();
            if (perf.ExitCode == 0)
            {
                return said;
            }

            Console.Error.WriteLine(errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine("There is no 'perf'. Install it (Debian: linux-perf).");
        }

        return null;
    }
}
