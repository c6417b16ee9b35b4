// An expert of a third party: writes comments in capitals.
using System.Globalization;
using IntelMq.Bots;
using IntelMq.DataFormat;

namespace Acme.Bots;

/// <summary>Writes the comment in capitals, with exclamation marks. Events without a comment go on as they are.</summary>
[Bot("acme.bots.experts.shout.expert", "Writes the comment of events in capitals.", Reads = ["comment"], Sets = ["comment"], Fusible = true)]
public sealed class ShoutExpert : EventExpertBot<ShoutExpert.Settings>
{
    /// <summary>The parameters.</summary>
    public sealed record Settings : ExpertParameters
    {
        /// <summary>See the attribute.</summary>
        [Parameter("How many exclamation marks follow the comment.", Minimum = 0, Maximum = 5)]
        public int Marks { get; init; } = 1;

        /// <summary>See the attribute.</summary>
        [Parameter("Comments with one of these words stay as they are.", Example = "draft, internal")]
        public IReadOnlyList<string> QuietWords { get; init; } = [];
    }

    /// <inheritdoc/>
    public override void Process(Event input, IOutbox outbox)
    {
        if (input[Fields.Comment].AsText() is { } comment && !Parameters.QuietWords.Any(word => comment.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            input[Fields.Comment] = comment.ToUpper(CultureInfo.InvariantCulture) + new string('!', Parameters.Marks);
        }

        outbox.Send(input, input);
    }
}
