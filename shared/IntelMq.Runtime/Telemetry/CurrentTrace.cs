// Names of frames do not depend on whether somebody traces.
using System.Diagnostics;
using System.Text;

namespace IntelMq.Runtime;

/// <summary>The trace of the invocation that is under way.</summary>
internal static class CurrentTrace
{
    /// <summary>The frame without the context that this invocation wrote into it: what is hashed to recognise it when the invocation is repeated.</summary>
    public static ReadOnlyMemory<byte> Without(ReadOnlyMemory<byte> frame)
    {
        if (Activity.Current is not { Id: { } id, Source.Name: Telemetry.Name })
        {
            return frame;
        }

        var written = Encoding.ASCII.GetBytes($",\"traceparent\":\"{id}\"");
        var rest = new MemoryStream(frame.Length);
        var from = 0;
        for (var found = 0; (found = frame.Span[from..].IndexOf(written)) >= 0; from += found + written.Length)
        {
            rest.Write(frame.Span.Slice(from, found));
        }

        rest.Write(frame.Span[from..]);
        return rest.ToArray();
    }
}
