// An expert of a third party whose service is down when it is asked first.
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace Acme.Bots;

/// <summary>Asks a service that is down the first time and back six seconds later: longer than an invocation waits.</summary>
[Bot("acme.bots.experts.busy.expert", "Asks a service that is down at first.")]
public sealed class BusyExpert : EventExpertBot<ExpertParameters>
{
    private bool _wasAsked;

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        if (!_wasAsked)
        {
            _wasAsked = true;
            throw new TransientException("The service is down.", TimeSpan.FromSeconds(6));
        }

        outbox.Send(input, input);
    }
}
