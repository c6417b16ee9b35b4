// HTTP as bots see it.
namespace IntelMq.Bots;

/// <summary>Gives HTTP clients that follow a bot's HTTP parameters: proxy, time-outs, repetitions, certificates, User-Agent.</summary>
public interface IHttpClients
{
    /// <summary>A client for a bot. It may be kept and used by several threads; the caller does not dispose it.</summary>
    /// <param name="parameters">The bot's parameters.</param>
    /// <param name="credentials">User and password for basic authentication, and a client certificate; null for none.</param>
    HttpClient For(BotParameters parameters, HttpCredentials? credentials = null);
}

/// <summary>How a bot shows who it is.</summary>
/// <param name="Username">The user for basic authentication.</param>
/// <param name="Password">The password.</param>
/// <param name="ClientCertificate">The path of a client certificate with its key (PEM).</param>
public sealed record HttpCredentials(string? Username, string? Password, string? ClientCertificate = null);
