// The function app, built in several ways, and an empty app to compare with.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IntelMq.Benchmarks;

/// <summary>A way to build the app.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Arguments">The arguments of <c>dotnet publish</c>.</param>
internal sealed record AppBuild(string Name, string[] Arguments)
{
    private static readonly string s_cache = Path.Combine(Path.GetTempPath(), "intelmq-startup");

    /// <summary>An empty app, as <c>dotnet new web</c> would make it with the slim builder.</summary>
    public static AppBuild Empty { get; } = new("empty slim app", ["--self-contained", "false"]);

    /// <summary>The builds that are compared.</summary>
    public static IReadOnlyList<AppBuild> All { get; } =
    [
        new("plain", ["--self-contained", "false", "-p:PublishReadyToRun=false"]),
        new("ReadyToRun", ["--self-contained", "false"]),
        new("ReadyToRun, self-contained", ["--self-contained"]),
        new("ReadyToRun, composite", ["--self-contained", "-p:PublishReadyToRunComposite=true"]),
        new("trimmed", ["--self-contained", "-p:PublishTrimmed=true", "-p:TrimMode=partial", .. s_warn]),
        new("NativeAOT", ["--self-contained", "-p:PublishAot=true", "-p:CppCompilerAndLinker=gcc", "-p:PublishReadyToRun=false", .. s_warn]),
    ];

    // What the trimmer warns about would end the build, which treats warnings as errors.
    private static string[] s_warn => ["-p:TreatWarningsAsErrors=false", "-p:TrimmerSingleWarn=false"];

    /// <summary>The program that a build makes.</summary>
    public string Program => Path.Combine(Output, this == Empty ? "Empty" : "IntelMq.App");

    /// <summary>What the build said.</summary>
    public string Said { get; private set; } = "";

    /// <summary>The bytes that are deployed.</summary>
    public long Size => Directory.EnumerateFiles(Output, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".pdb", StringComparison.Ordinal) && !file.EndsWith(".dbg", StringComparison.Ordinal)).Sum(file => new FileInfo(file).Length);

    private string Folder => Path.Combine(s_cache, string.Concat(Name.Where(char.IsAsciiLetterOrDigit)));

    private string Output => Path.Combine(Folder, "publish");

    /// <summary>Publishes; what did not change since the last time is not built again. False where it cannot be built.</summary>
    public bool Publish()
    {
        Directory.CreateDirectory(Folder);
        var project = this == Empty ? WriteEmpty() : Path.Combine(Checkout.Root, "functions", "App", "IntelMq.App.csproj");
        var start = new ProcessStartInfo(
            "dotnet",
            ["publish", project, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--nologo", "-m:1", "--artifacts-path", Path.Combine(Folder, "build"), "-o", Output, .. Arguments])
        {
            RedirectStandardOutput = true,
        };
        Console.Write($"Building: {Name} … ");
        var begun = Stopwatch.GetTimestamp();
        using var build = Process.Start(start)!;
        Said = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        Console.WriteLine($"{Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s{(build.ExitCode == 0 ? "" : ", failed")}");
        return build.ExitCode == 0 && File.Exists(Program);
    }

    private string WriteEmpty()
    {
        File.WriteAllText(Path.Combine(Folder, "Program.cs"), """
            var app = WebApplication.CreateSlimBuilder(args).Build();
            app.MapGet("/", (HttpContext context) => context.Response.WriteAsync("empty"));
            app.Run();
            """);
        var project = Path.Combine(Folder, "Empty.csproj");
        File.WriteAllText(project, """
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
            </Project>
            """);
        return project;
    }
}
