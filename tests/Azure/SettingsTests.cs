// Which connections are taken.
using IntelMq.Bots;

namespace IntelMq.Azure.Tests;

public sealed class SettingsTests
{
    private const string DevelopmentKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static StorageSettings Read(params (string Name, string Value)[] settings) =>
        StorageSettings.Read("Storage", name => settings.FirstOrDefault(setting => setting.Name == name).Value);

    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=" + DevelopmentKey + ";BlobEndpoint=http://azurite:10000/devstoreaccount1;")]
    [InlineData("AccountName=mine;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:10000/mine;TableEndpoint=http://localhost:10002/mine")]
    public void Emulators_may_have_a_connection_string(string text) => Assert.Equal(text, Read(("Storage", text)).ConnectionString);

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=mine;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net")]
    [InlineData("AccountName=devstoreaccount1;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net")]
    [InlineData("AccountName=mine;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:10000/mine;TableEndpoint=https://mine.table.core.windows.net")]
    [InlineData("BlobEndpoint=https://mine.blob.core.windows.net;SharedAccessSignature=sv=c2VjcmV0")]
    [InlineData("UseDevelopmentStorage=false;AccountKey=c2VjcmV0")]
    [InlineData("c2VjcmV0")]
    public void Keys_of_accounts_are_refused_and_not_shown(string text)
    {
        var error = Assert.Throws<BotConfigurationException>(() => Read(("Storage", text)));
        Assert.Contains("set 'Storage__accountName'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_is_known_by_its_name()
    {
        var settings = Read(("Storage__accountName", "mine"), ("Storage__clientId", "id"));
        Assert.Equal(new Uri("https://mine.table.core.windows.net"), settings.TableUri);
        Assert.Equal("id", settings.ClientId);
        var clients = new StorageClients(settings, TimeProvider.System);
        Assert.Equal("mine", clients.Blobs.AccountName);
        Assert.Equal("mine", clients.Tables.AccountName);
        Assert.Equal("mine", clients.Queues.AccountName);
    }

    [Fact]
    public void Services_may_be_named_one_by_one()
    {
        var settings = Read(("Storage__blobServiceUri", "https://mine.blob.core.chinacloudapi.cn"));
        var clients = new StorageClients(settings, TimeProvider.System);
        Assert.Equal(new Uri("https://mine.blob.core.chinacloudapi.cn"), clients.Blobs.Uri);
        Assert.Contains("names no queue service", Assert.Throws<BotConfigurationException>(() => clients.Queues).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Storage__accountName", "My_Account", "no name of a storage account")]
    [InlineData("Storage__blobServiceUri", "http://mine.blob.core.windows.net", "starts with https://")]
    [InlineData("Other", "x", "No storage account is set")]
    [InlineData("Storage", "  ", "No storage account is set")]
    public void Other_settings_are_told_with_their_cure(string name, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<BotConfigurationException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("blob:output/events.jsonl", "output", "events.jsonl")]
    [InlineData("blob:out-1/a/b c/%2e%2e/ü#?.txt", "out-1", "a/b c/%2e%2e/ü#?.txt")]
    public void Paths_of_blobs(string path, string container, string name)
    {
        Assert.Equal(new BlobPath(container, name), BlobPath.Parse(path));
        Assert.Equal(path, BlobPath.Parse(path).ToString());
    }

    [Theory]
    [InlineData("/opt/intelmq/events.txt")]
    [InlineData("share:files/events.txt")]
    [InlineData("blob:output")]
    [InlineData("blob:output/")]
    [InlineData("blob:output/folder/")]
    [InlineData("blob:Output/events.txt")]
    [InlineData("blob:o/events.txt")]
    [InlineData("blob:out--put/events.txt")]
    [InlineData("blob:/events.txt")]
    [InlineData("blob:output/../other/events.txt")]
    [InlineData("blob:output/a/./events.txt")]
    [InlineData("blob:output//events.txt")]
    [InlineData("blob:output/a//events.txt")]
    [InlineData("blob:output/a\\..\\events.txt")]
    [InlineData("blob:output/a\nb")]
    public void Paths_that_are_no_blobs(string path) =>
        Assert.Contains("'blob:container/name'", Assert.Throws<BotConfigurationException>(() => BlobPath.Parse(path)).Message, StringComparison.Ordinal);
}
