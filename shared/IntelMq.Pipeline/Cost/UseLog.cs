// What is used of the services that cost.
namespace IntelMq.Pipeline.Cost;

/// <summary>Adds up what is used in a month, by price and by bot.</summary>
internal sealed class UseLog(double daysPerMonth)
{
    private readonly Dictionary<(string Price, string? Bot), double> _uses = [];

    /// <summary>Adds a quantity per day.</summary>
    public void PerDay(string price, string? bot, double quantity) => PerMonth(price, bot, quantity * daysPerMonth);

    /// <summary>Adds a quantity per month.</summary>
    public void PerMonth(string price, string? bot, double quantity)
    {
        if (quantity > 0)
        {
            _uses[(price, bot)] = _uses.GetValueOrDefault((price, bot)) + quantity;
        }
    }

    /// <summary>The quantities of all, in the order in which prices are shown.</summary>
    public IEnumerable<(string Price, double Quantity)> Totals() => PriceIds.All
        .Select(price => (price, _uses.Where(use => use.Key.Price == price).Sum(use => use.Value)))
        .Where(total => total.Item2 > 0);

    /// <summary>The quantities of a bot.</summary>
    public IEnumerable<(string Price, double Quantity)> Of(string bot) => _uses.Where(use => use.Key.Bot == bot).Select(use => (use.Key.Price, use.Value));
}
