// An expert of a third party that takes the whole process with it: native libraries and endless recursion do.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace Acme.Bots;

/// <summary>Ends the process when an event's address is 192.0.2.66.</summary>
[Bot("acme.bots.experts.crash.expert", "Ends the process on one address.")]
public sealed class CrashExpert : EventExpertBot<ExpertParameters>
{
    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        if (input[Fields.Source.Ip].TextEquals("192.0.2.66"))
        {
            Environment.FailFast("This expert ends the process.");
        }

        outbox.Send(input, input);
    }
}
