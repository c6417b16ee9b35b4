// How the command ends.
namespace IntelMq.Cli;

/// <summary>The exit codes of every verb.</summary>
internal static class ExitCodes
{
    /// <summary>Everything went well.</summary>
    public const int Good = 0;

    /// <summary>What the user gave is wrong: a file, a parameter, a name.</summary>
    public const int WrongInput = 1;

    /// <summary>The run failed.</summary>
    public const int RunFailed = 2;

    /// <summary>The command line is wrong.</summary>
    public const int WrongUsage = 64;
}
