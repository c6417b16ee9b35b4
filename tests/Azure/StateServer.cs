// The Redis of the tests of this assembly.
using IntelMq.Servers.Tests;
using IntelMq.Stores;

[assembly: AssemblyFixture(typeof(LocalRedis))]

namespace IntelMq.Azure.Tests;

/// <summary>Connects to it as the state store does.</summary>
internal static class StateServer
{
    /// <summary>A connection.</summary>
    public static async Task<RedisServer> ConnectAsync(this LocalRedis redis) => await RedisServer.ConnectAsync(new RedisSettings { Host = await redis.SocketAsync() });
}
