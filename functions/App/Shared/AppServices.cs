// What the app is made of under either contract of the host.
using Microsoft.Extensions.Logging.Console;

namespace IntelMq.App;

/// <summary>The log and the loaded pipeline: everything of the app but the way that calls come in.</summary>
internal static class AppServices
{
    /// <summary>Adds them to a program that is being made.</summary>
    public static void Add(IHostApplicationBuilder builder, AppEnvironment environment)
    {
        // The host reads lines from stdout; JSON lines keep the bot, the invocation and the message apart from the text.
        if (environment.HasLogSettings)
        {
            builder.Configuration.AddEnvironmentVariables();
            builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        }

        builder.Logging.AddConsole(options => options.FormatterName = LogLineFormatter.FormatterName);
        builder.Logging.AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>();
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("Polly", LogLevel.Warning);

        // What is under way is finished before the process ends: as long as the longest invocation may take.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(10));
        builder.Services.AddSingleton(environment);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<LoadedApp>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LoadedApp>());
        builder.Services.AddHostedService<ParentWatch>();
    }
}
