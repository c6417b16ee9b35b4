// What a bot gets of one collector.
namespace IntelMq.Pipeline.Cost;

/// <summary>What a bot gets of the run of one source: a collector, or something outside that writes to a queue.</summary>
/// <param name="Source">The id of the collector, or of the bot whose queue is written to.</param>
/// <param name="RunsPerDay">The runs that bring something.</param>
/// <param name="Events">The events of a run.</param>
/// <param name="Messages">The messages of the broker that carry them; 0 where the bot before hands them over in its own call.</param>
/// <param name="Executions">The executions of the function that works on them.</param>
internal sealed record Arrival(string Source, double RunsPerDay, double Events, double Messages, double Executions)
{
    /// <summary>Whether they lie in the bot's queue: what the bot before hands over is part of that one's executions.</summary>
    public bool IsQueued => Messages > 0;

    public double EventsPerDay => RunsPerDay * Events;

    public double MessagesPerDay => RunsPerDay * Messages;

    public double ExecutionsPerDay => RunsPerDay * Executions;

    /// <summary>The events of one execution.</summary>
    public double EventsPerExecution => Executions > 0 ? Events / Executions : 0;
}

/// <summary>What a collector does in a day.</summary>
/// <param name="Bot">Its id.</param>
/// <param name="RunsPerDay">How often it runs, whether there is something to fetch or not.</param>
/// <param name="ReportsPerDay">The runs that bring a report.</param>
/// <param name="EventsPerDay">The events of all its reports.</param>
internal sealed record Collected(string Bot, double RunsPerDay, double ReportsPerDay, double EventsPerDay)
{
    /// <summary>The feed's data in a report, in bytes.</summary>
    public double RawBytes => ReportsPerDay > 0 ? EventsPerDay / ReportsPerDay * CostAssumptions.RawBytes.Value : 0;

    /// <summary>Whether the data is too large to travel with the report.</summary>
    public bool ClaimsCheck => RawBytes > EventFlow.InlineRaw;
}
