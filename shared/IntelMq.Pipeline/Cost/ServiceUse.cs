// What brokers, tables, blobs and logs cost.
using IntelMq.Bots;
using IntelMq.Pipeline.Compile;

namespace IntelMq.Pipeline.Cost;

/// <summary>Counts what is used of the services beside the functions.</summary>
internal sealed class ServiceUse(Pipeline pipeline, CompiledApp app, EventFlow flow, BotLoads loads, double alwaysOn, UseLog uses)
{
    private const double SecondsPerDay = 86400;
    private const double HoursPerMonth = 730;
    private const double Gigabyte = 1e9;
    private const double BlockBytes = 4 * 1024 * 1024;

    // A message is written, read and deleted.
    private const double TouchesOfMessage = 3;

    // Looking for what is due takes a request for each partition of the park store.
    private const double ParkRequests = 4;
    private const double PurgeRequests = 3;
    private const double RowsOfTransaction = 100;

    // A collector looks for an open run, and notes its beginning and end; of a report, that it is there, and its entry in the park store.
    private const double RunRequests = 5;
    private const double ReportRequests = 3;

    public void Add(IReadOnlyList<FunctionDay> days)
    {
        foreach (var day in days)
        {
            switch (day.Function.Kind)
            {
                case FunctionKind.Work:
                    AddWork(day);
                    break;
                case FunctionKind.Collect:
                    AddCollector(flow.Collected.First(collected => collected.Bot == day.Function.Bot));
                    break;
                case FunctionKind.Park:
                    uses.PerDay(PriceIds.TableOperations, null, day.Executions * ParkRequests);
                    break;
                case FunctionKind.Purge:
                    uses.PerDay(PriceIds.TableOperations, null, (day.Executions * PurgeRequests) + (StateRowsPerDay() / RowsOfTransaction));
                    break;
                default:
                    break;
            }

            if (day.Function.RunsBot)
            {
                uses.PerDay(PriceIds.LogIngestion, day.Function.Bot, day.Executions * CostAssumptions.LogBytes.Value / Gigabyte);
            }
        }

        AddIdle(days);
        AddNamespaces();
    }

    private void AddWork(FunctionDay day)
    {
        var head = pipeline.Find(day.Function.Bot!)!;
        var queue = loads.QueueOf(day.Function);
        var arrivals = flow.Of(head.Id).Where(arrival => arrival.IsQueued).ToArray();
        if (arrivals.Length == 0)
        {
            return;
        }

        foreach (var botId in day.Function.Bots)
        {
            var bot = pipeline.Find(botId)!;
            foreach (var arrival in flow.Of(botId))
            {
                uses.PerDay(PriceIds.TableOperations, botId, arrival.RunsPerDay * loads.TableOperations(bot, arrival));
                AddStateRows(bot, arrival);
                AddBlobFile(bot, arrival);
            }
        }

        foreach (var arrival in arrivals)
        {
            AddMessages(head, queue, arrival);
            if (loads.AreReports(head, arrival) && flow.Collected.First(collected => collected.Bot == arrival.Source) is { ClaimsCheck: true } collected)
            {
                uses.PerDay(PriceIds.BlobReads, head.Id, arrival.RunsPerDay * Math.Max(arrival.Executions, Math.Ceiling(collected.RawBytes / BlockBytes)));
            }
        }
    }

    private void AddMessages(BotInstance reader, CompiledQueue queue, Arrival arrival)
    {
        var bot = reader.Id;
        var bytes = loads.AreReports(reader, arrival)
            ? Math.Min(arrival.Events * CostAssumptions.RawBytes.Value, EventFlow.InlineRaw)
            : Math.Min(flow.TextBytes(arrival.Events / arrival.Messages), queue.FrameLimit);
        var units = Math.Ceiling(bytes / CostAssumptions.MessageUnit.Value);
        switch (queue.Transport)
        {
            case "storage-queue":
                uses.PerDay(PriceIds.QueueOperations, bot, arrival.MessagesPerDay * TouchesOfMessage);
                break;
            case "service-bus":
                uses.PerDay(PriceIds.ServiceBusOperations, bot, arrival.MessagesPerDay * ((2 * units) + 1));
                break;
            case "event-hubs":
                // What is read is noted in the metadata of a blob, batch by batch. A Premium namespace includes what comes in.
                uses.PerDay(PriceIds.BlobReads, bot, arrival.ExecutionsPerDay);
                if (!IsPremiumHubs)
                {
                    uses.PerDay(PriceIds.EventHubsIngress, bot, arrival.MessagesPerDay * units);
                }

                break;
            default:
                break;
        }

        if (flow.ClaimsCheck(queue) && !loads.AreReports(reader, arrival))
        {
            uses.PerDay(PriceIds.BlobWrites, bot, arrival.MessagesPerDay);
            uses.PerDay(PriceIds.BlobReads, bot, arrival.MessagesPerDay);
        }
    }

    private void AddStateRows(BotInstance bot, Arrival arrival)
    {
        var days = bot.Descriptor.Kind == BotKind.Output ? CostAssumptions.ReceiptDays.Value : DaysKept(bot);
        uses.PerMonth(PriceIds.TableStorage, bot.Id, arrival.EventsPerDay * days * CostAssumptions.StateRowBytes.Value / Gigabyte);
    }

    // For ever: what a month brings; the next one adds as much.
    private static double DaysKept(BotInstance bot) => bot.Parameters is not CacheExpertParameters cache ? 0
        : cache.RedisCacheTtl > 0 ? cache.RedisCacheTtl / SecondsPerDay : CostAssumptions.DaysPerMonth.Value;

    private double StateRowsPerDay() => pipeline.Bots.Where(bot => bot.Descriptor.Kind == BotKind.Output || BotLoads.KeepsState(bot)).Sum(bot => flow.Of(bot.Id).Sum(arrival => arrival.EventsPerDay));

    // A file is appended to once for each execution, after a look at where it ends.
    private void AddBlobFile(BotInstance bot, Arrival arrival)
    {
        if (bot.Descriptor.Kind == BotKind.Output && bot.Descriptor.Parameters.Any(parameter => parameter.Rules.Path is PathUse.Append or PathUse.Replace))
        {
            uses.PerDay(PriceIds.BlobWrites, bot.Id, arrival.ExecutionsPerDay);
            uses.PerDay(PriceIds.BlobReads, bot.Id, arrival.ExecutionsPerDay);
        }
    }

    private void AddCollector(Collected collected)
    {
        uses.PerDay(PriceIds.TableOperations, collected.Bot, (collected.RunsPerDay * RunRequests) + (collected.ReportsPerDay * ReportRequests));
        if (collected.ClaimsCheck)
        {
            // Blocks, and their list.
            var blocks = Math.Ceiling(collected.RawBytes / BlockBytes);
            uses.PerDay(PriceIds.BlobWrites, collected.Bot, collected.ReportsPerDay * (blocks + 1));
            uses.PerMonth(PriceIds.BlobStorage, collected.Bot, collected.ReportsPerDay * collected.RawBytes * CostAssumptions.RawDays.Value / Gigabyte);
        }
    }

    // What instances ask for in vain.
    private void AddIdle(IReadOnlyList<FunctionDay> days)
    {
        foreach (var day in days.Where(day => day.Function.Trigger.Queue is not null))
        {
            var ready = day.Function.RunsBot ? pipeline.Find(day.Function.Bot!)!.Scale?.Minimum ?? 0 : 0;
            var queue = loads.QueueOf(day.Function);
            var running = alwaysOn > 0 ? alwaysOn * SecondsPerDay : Math.Max(day.Running, ready * SecondsPerDay);
            switch (queue.Transport)
            {
                case "storage-queue":
                    var looks = alwaysOn > 0 ? 0 : SecondsPerDay / CostAssumptions.LookEvery.Value;
                    uses.PerDay(PriceIds.QueueOperations, day.Function.Bot, (running / CostAssumptions.PollEvery.Value) + looks);
                    break;
                case "service-bus":
                    uses.PerDay(PriceIds.ServiceBusOperations, day.Function.Bot, running / CostAssumptions.ReceiveEvery.Value);
                    break;
                case "event-hubs":
                    // The leases are listed, and each is renewed in the metadata of its blob.
                    uses.PerDay(PriceIds.BlobWrites, day.Function.Bot, running / CostAssumptions.LeaseEvery.Value);
                    uses.PerDay(PriceIds.BlobReads, day.Function.Bot, running / CostAssumptions.LeaseEvery.Value * Partitions.Of(queue, pipeline, app));
                    break;
                default:
                    break;
            }
        }
    }

    private void AddNamespaces()
    {
        if (app.Queues.Any(queue => queue.Transport == "service-bus"))
        {
            uses.PerMonth(PriceIds.ServiceBusBase, null, HoursPerMonth);
        }

        if (app.Queues.Any(queue => queue.Transport == "event-hubs"))
        {
            var peak = HubBytesPerDay() / SecondsPerDay * CostAssumptions.PeakFactor.Value;
            var (price, unit) = IsPremiumHubs ? (PriceIds.EventHubsPremium, CostAssumptions.ProcessingUnit.Value) : (PriceIds.EventHubsThroughput, CostAssumptions.ThroughputUnit.Value);
            uses.PerMonth(price, null, Math.Max(Math.Ceiling(peak / unit), 1) * HoursPerMonth);
        }
    }

    private bool IsPremiumHubs => EventHubsTier.IsPremium(app);

    private double HubBytesPerDay() => app.Functions.Where(function => function.Kind == FunctionKind.Work && loads.QueueOf(function).Transport == "event-hubs")
        .SelectMany(function => flow.Of(function.Bot!)).Where(arrival => arrival.IsQueued)
        .Sum(arrival => arrival.MessagesPerDay * flow.TextBytes(arrival.Events / arrival.Messages));
}
