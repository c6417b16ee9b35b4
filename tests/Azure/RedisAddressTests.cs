// The address of a Redis server as a setting.
using IntelMq.Bots;
using IntelMq.Stores;

namespace IntelMq.Azure.Tests;

public sealed class RedisAddressTests
{
    [Fact]
    public void An_address_holds_everything()
    {
        var settings = RedisSettings.Parse("rediss://me:p%40ss@cache.example.com:6380/3", "IntelMqStateRedis");
        Assert.Equal(("cache.example.com", 6380, 3, "me", "p@ss", true), (settings.Host, settings.Port, settings.Database, settings.User, settings.Password, settings.Encrypted));
        Assert.Equal(("127.0.0.1", 6379, 0, null, false), Short("redis://127.0.0.1"));
        Assert.Equal("/run/redis.sock", RedisSettings.Parse("unix:///run/redis.sock", "x").Host);
    }

    [Theory]
    [InlineData("localhost:6379")]
    [InlineData("http://localhost")]
    [InlineData("redis://localhost/first")]
    public void Anything_else_is_a_sentence_without_the_address(string address)
    {
        var error = Assert.Throws<BotConfigurationException>(() => RedisSettings.Parse(address, "IntelMqStateRedis"));
        Assert.StartsWith("'IntelMqStateRedis'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("localhost:6379", error.Message.Replace("redis://HOST:6379/0", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static (string, int, int, string?, bool) Short(string address)
    {
        var settings = RedisSettings.Parse(address, "x");
        return (settings.Host, settings.Port, settings.Database, settings.Password, settings.Encrypted);
    }
}
