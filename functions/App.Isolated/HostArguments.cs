// The arguments that the Functions host starts a worker with.
namespace IntelMq.App;

/// <summary><c>--functions-uri URI --functions-worker-id ID --functions-request-id ID --functions-grpc-max-message-length N</c>.</summary>
internal static class HostArguments
{
    private const string Uri = "--functions-uri";

    // The worker looks for them under these keys. Older names of the host stand beside them on the command line and are not read.
    private static readonly Dictionary<string, string> s_keys = new()
    {
        [Uri] = "Functions:Worker:HostEndpoint",
        ["--functions-request-id"] = "Functions:Worker:RequestId",
        ["--functions-worker-id"] = "Functions:Worker:WorkerId",
        ["--functions-grpc-max-message-length"] = "Functions:Worker:GrpcMaxMessageLength",
    };

    /// <summary>Whether the arguments are a host's.</summary>
    public static bool AreIn(string[] arguments) => arguments.Any(argument => argument == Uri || argument.StartsWith(Uri + "=", StringComparison.Ordinal));

    /// <summary>Makes them readable for the worker.</summary>
    public static void Add(IConfigurationBuilder configuration, string[] arguments) => configuration.AddCommandLine(arguments, s_keys);
}
