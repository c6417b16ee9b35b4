// intelmq describe: what a bot does and what can be set.
using System.CommandLine;
using IntelMq.Bots.Reference;
using IntelMq.Cli.Terminal;

namespace IntelMq.Cli.Verbs;

/// <summary>Prints a bot's description and parameters.</summary>
internal static class DescribeVerb
{
    public static Command Command()
    {
        var module = new Argument<string>("BOT") { Description = "The bot's module name." };
        var json = Shared.Json();
        var command = new Command("describe", "What a bot does, and its parameters with type, default, rules and text.") { module, json };
        command.SetAction(arguments =>
        {
            if (Shared.Find(Shared.Catalogue(), arguments.GetValue(module)!) is not { } bot)
            {
                return ExitCodes.WrongInput;
            }

            if (arguments.GetValue(json))
            {
                JsonOutput.Print(BotDescription.ToValue(bot));
            }
            else
            {
                Console.Write(BotDescription.ToText(bot));
            }

            return ExitCodes.Good;
        });
        return command;
    }
}
