// A database file of one test.
using Microsoft.Data.Sqlite;

namespace IntelMq.Azure.Tests;

/// <summary>The path of a file in a folder that is deleted at the end.</summary>
internal sealed class ScratchFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intelmq-stores-").FullName;

    public string Path => System.IO.Path.Combine(_folder, "stores.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
