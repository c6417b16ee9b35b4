// Shows a run while it goes on.
using System.Globalization;
using IntelMq.FunctionsHost.Running;
using Spectre.Console;

namespace IntelMq.Cli.Terminal;

/// <summary>Shows a run: a live table on a terminal, plain lines otherwise, nothing for machines.</summary>
internal abstract class RunView
{
    /// <summary>The view that fits where the output goes.</summary>
    public static RunView For(bool json) =>
        json ? new SilentView() : Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive ? new PlainView() : new LiveView();

    /// <summary>Shows the host while the run goes on, and gives its summary.</summary>
    public abstract Task<RunSummary> ShowAsync(IRunningPipeline host, Task<RunSummary> run);

    /// <summary>Writes a line without disturbing the view.</summary>
    public virtual void WriteLine(string line) => Console.Error.WriteLine(line);

    private sealed class SilentView : RunView
    {
        public override Task<RunSummary> ShowAsync(IRunningPipeline host, Task<RunSummary> run) => run;
    }

    private sealed class PlainView : RunView
    {
        private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

        public override async Task<RunSummary> ShowAsync(IRunningPipeline host, Task<RunSummary> run)
        {
            while (await Task.WhenAny(run, Task.Delay(s_pause)) != run)
            {
                var parts = host.Figures().Select(bot => $"{bot.BotId} {bot.Counts.In}>{bot.Counts.Out}{(bot.QueueMessages > 0 ? $" ({bot.QueueMessages} wait)" : "")}");
                Console.WriteLine(string.Join("  ", parts));
            }

            return await run;
        }
    }

    private sealed class LiveView : RunView
    {
        private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);
        private readonly Dictionary<string, (long Handled, double Rate)> _rates = [];

        public override void WriteLine(string line) => AnsiConsole.MarkupLineInterpolated($"[yellow]{line}[/]");

        public override async Task<RunSummary> ShowAsync(IRunningPipeline host, Task<RunSummary> run)
        {
            await AnsiConsole.Live(Draw(host)).AutoClear(true).StartAsync(async live =>
            {
                while (await Task.WhenAny(run, Task.Delay(s_pause)) != run)
                {
                    live.UpdateTarget(Draw(host));
                }
            });
            return await run;
        }

        private Table Draw(IRunningPipeline host)
        {
            var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
            table.AddColumn("bot");
            table.AddColumn("");
            foreach (var column in (string[])["in", "out", "dropped", "dead", "events/s", "waiting"])
            {
                table.AddColumn(new TableColumn(column).RightAligned());
            }

            var figures = host.Figures();
            var deepest = Math.Max(1, figures.Count == 0 ? 1 : figures.Max(bot => bot.QueueMessages));
            foreach (var bot in figures)
            {
                table.AddRow(
                    Markup.Escape(bot.BotId),
                    StateOf(bot),
                    Number(bot.Counts.In),
                    Number(bot.Counts.Out),
                    Number(bot.Counts.Dropped),
                    bot.Counts.DeadLettered > 0 ? $"[red]{Number(bot.Counts.DeadLettered)}[/]" : "0",
                    Number((long)RateOf(bot)),
                    Bar(bot.QueueMessages, deepest) + " " + Number(bot.QueueMessages));
            }

            return table;
        }

        private double RateOf(BotFigures bot)
        {
            var handled = Math.Max(bot.Counts.In, bot.Counts.Out);
            var (before, rate) = _rates.GetValueOrDefault(bot.BotId);
            rate = (0.7 * rate) + (0.3 * (handled - before) / s_pause.TotalSeconds);
            _rates[bot.BotId] = (handled, rate);
            return rate;
        }

        private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

        private static string Bar(long value, long most)
        {
            var filled = (int)Math.Ceiling(10.0 * value / most);
            return $"[blue]{new string('█', filled)}[/][grey]{new string('·', 10 - filled)}[/]";
        }

        private static string StateOf(BotFigures bot) => bot.State switch
        {
            BotState.Working => "[green]works[/]",
            BotState.HoldingBack => "[yellow]holds back[/]",
            BotState.Stopped => "[red]stopped[/]",
            BotState.Done => "[grey]done[/]",
            _ => "[grey]waits[/]",
        };
    }
}
