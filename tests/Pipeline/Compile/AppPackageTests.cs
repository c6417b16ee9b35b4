// The package that is deployed: what is in it, who may run it, and the same bytes every time.
using System.IO.Compression;
using System.Text;

namespace IntelMq.Pipeline.Tests.Compile;

public sealed class AppPackageTests : IDisposable
{
    private static readonly string[] s_assemblies = ["IntelMq.App.dll", "IntelMq.Bots.dll", "IntelMq.Collectors.dll", "IntelMq.Parsers.dll", "IntelMq.Outputs.dll"];

    private readonly Scratch _scratch = new();

    public AppPackageTests()
    {
        Compiling.Compile(Compiling.Good).Write(_scratch.In("folder"));
        _scratch.Write("published/IntelMq.App", "the executable");
        _scratch.Write("published/data/schema.json", "{}");
        foreach (var assembly in s_assemblies)
        {
            _scratch.Write("published/" + assembly, assembly);
        }
    }

    public void Dispose() => _scratch.Dispose();

    private string Pack(params string[] plugins) => PackInto("app.zip", plugins);

    private string PackInto(string name, params string[] plugins)
    {
        AppPackage.Write(_scratch.In("folder"), _scratch.In("published"), plugins, _scratch.In(name));
        return _scratch.In(name);
    }

    private string NuGetPackage(string name, params (string Path, string Text)[] files)
    {
        using var zip = ZipFile.Open(_scratch.In(name), ZipArchiveMode.Create);
        foreach (var (path, text) in files)
        {
            using var entry = zip.CreateEntry(path).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }

        return _scratch.In(name);
    }

    [Fact]
    public void It_holds_the_folder_and_the_app_and_nothing_for_people()
    {
        using var zip = ZipFile.OpenRead(Pack());
        var files = zip.Entries.Select(entry => entry.FullName).ToArray();
        Assert.Equal(files.Order(StringComparer.Ordinal), files);
        Assert.Equal(
            ["app/IntelMq.App", "app/data/schema.json", "fetch/function.json", "host.json", "names.json", "parse/function.json", "pipeline/runtime.yaml", "write/function.json"],
            files.Where(file => !file.EndsWith(".dll", StringComparison.Ordinal) && !file.Contains('_', StringComparison.Ordinal)));
        Assert.Contains("park_frames/function.json", files);
        Assert.DoesNotContain("local.settings.json", files);
    }

    [Fact]
    public void The_executable_can_be_run_and_the_archive_says_unix()
    {
        var path = Pack();
        using (var zip = ZipFile.OpenRead(path))
        {
            Assert.All(zip.Entries, entry => Assert.Equal(entry.FullName == "app/IntelMq.App" ? Convert.ToInt32("100755", 8) : Convert.ToInt32("100644", 8), (entry.ExternalAttributes >> 16) & 0xFFFF));
            Assert.All(zip.Entries, entry => Assert.Equal(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime));
        }

        var bytes = File.ReadAllBytes(path);
        var entries = 0;
        for (var at = bytes.AsSpan().IndexOf("PK\x01\x02"u8); at >= 0 && bytes.AsSpan(at).StartsWith("PK\x01\x02"u8); entries++)
        {
            Assert.Equal(3, bytes[at + 5]);
            at += 46 + BitConverter.ToUInt16(bytes, at + 28) + BitConverter.ToUInt16(bytes, at + 30) + BitConverter.ToUInt16(bytes, at + 32);
        }

        Assert.True(entries > s_assemblies.Length);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        var first = File.ReadAllBytes(PackInto("first.zip"));
        File.SetLastWriteTimeUtc(_scratch.In("published/IntelMq.App"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.Equal(first, File.ReadAllBytes(PackInto("second.zip")));
    }

    [Fact]
    public void Packages_bring_their_assemblies()
    {
        var package = NuGetPackage("acme.nupkg", ("lib/net10.0/Acme.Bots.dll", "acme"), ("lib/net10.0/Acme.Bots.xml", "docs"), ("lib/net10.0/de/Acme.Bots.resources.dll", "de"), ("lib/net8.0/Old.dll", "old"), ("Acme.nuspec", "<package/>"));
        _scratch.Write("folder-of-bots/Other.Bots.dll", "other");
        using var zip = ZipFile.OpenRead(Pack(package, _scratch.In("folder-of-bots")));
        Assert.Equal(["app/bots/Acme.Bots.dll", "app/bots/Other.Bots.dll"], zip.Entries.Select(entry => entry.FullName).Where(path => path.StartsWith("app/bots/", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_isolated_worker_lies_at_the_top_and_is_no_program()
    {
        Compiling.Compile(Compiling.Good, new CompileOptions { Worker = "isolated" }).Write(_scratch.In("folder"));
        Says("has no 'IntelMq.App.Isolated.dll', which the host starts", () => Pack());
        _scratch.Write("published/IntelMq.App.Isolated.dll", "the worker");
        Says("-p:FunctionsWorker=true", () => Pack());
        _scratch.Write("published/extensions.json", "{}");
        _scratch.Write("published/worker.config.json", "of the build");
        _scratch.Write("published/.azurefunctions/Storage.dll", "an extension");
        using var zip = ZipFile.OpenRead(Pack(NuGetPackage("acme.nupkg", ("lib/net10.0/Acme.Bots.dll", "acme"))));
        var files = zip.Entries.ToDictionary(entry => entry.FullName);
        Assert.Subset(files.Keys.ToHashSet(), new HashSet<string> { "IntelMq.App.Isolated.dll", ".azurefunctions/Storage.dll", "extensions.json", "bots/Acme.Bots.dll", "fetch/function.json", "names.json" });
        Assert.All(files.Values, entry => Assert.Equal(Convert.ToInt32("100644", 8), (entry.ExternalAttributes >> 16) & 0xFFFF));
        using var config = new StreamReader(files["worker.config.json"].Open());
        Assert.Contains("\"defaultWorkerPath\": \"IntelMq.App.Isolated.dll\"", config.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_packed_is_told()
    {
        Says("is no compiled folder", () => AppPackage.Write(_scratch.In("published"), _scratch.In("published"), [], _scratch.In("x.zip")));
        Says("There is no folder", () => AppPackage.Write(_scratch.In("folder"), _scratch.In("nowhere"), [], _scratch.In("x.zip")));
        Says("There is no package", () => Pack(_scratch.In("nowhere.nupkg")));
        Says("has no assemblies for .NET 10", () => Pack(NuGetPackage("old.nupkg", ("lib/net8.0/Old.dll", "old"))));
        Says("is no NuGet package", () => Pack(_scratch.Write("broken.nupkg", "no zip")));
        Says("brings another 'Same.dll'", () => Pack(NuGetPackage("one.nupkg", ("lib/net10.0/Same.dll", "1")), NuGetPackage("two.nupkg", ("lib/net10.0/Same.dll", "2"))));
        File.Delete(_scratch.In("published/IntelMq.Parsers.dll"));
        Says("uses bots or hooks of 'IntelMq.Parsers'", () => Pack());
        File.Delete(_scratch.In("published/IntelMq.App"));
        Says("has no 'IntelMq.App'", () => Pack());
        File.Delete(_scratch.In("folder/host.json"));
        Says("is missing. Compile the pipeline again", () => Pack());
        Compiling.Compile(Compiling.Good, new CompileOptions { Transport = "sqlite" }).Write(_scratch.In("folder"));
        Says("was compiled for this machine only", () => Pack());
        Assert.False(File.Exists(_scratch.In("x.zip")));
        Assert.False(File.Exists(_scratch.In("app.zip")));
    }

    private static void Says(string expected, Action pack) => Assert.Contains(expected, Assert.Throws<InvalidDataException>(pack).Message, StringComparison.Ordinal);
}
