// intelmq docs: writes the generated reference.
using System.CommandLine;
using IntelMq.Bots.Reference;
using IntelMq.Pipeline;

namespace IntelMq.Cli.Verbs;

/// <summary>Writes the reference of all bots and the schema of the pipeline file, or tells what is stale.</summary>
internal static class DocsVerb
{
    public static Command Command()
    {
        var check = new Option<bool>("--check") { Description = "Write nothing; fail where a page is stale." };
        var folder = new Option<string>("--out") { Description = "The folder of the documentation.", DefaultValueFactory = _ => "docs", HelpName = "DIR" };
        var command = new Command("docs", "Write the generated reference.") { check, folder };
        command.SetAction(arguments =>
        {
            var pages = BotReference.Pages(Shared.Catalogue(), SettingsSchema.Global);
            var stale = BotReference.Stale(pages, arguments.GetValue(folder)!);
            if (arguments.GetValue(check))
            {
                foreach (var page in stale)
                {
                    Console.Error.WriteLine($"error: '{Path.Combine(arguments.GetValue(folder)!, page)}' is stale. Run 'intelmq docs'.");
                }

                return stale.Count == 0 ? ExitCodes.Good : ExitCodes.WrongInput;
            }

            BotReference.Write(pages, arguments.GetValue(folder)!);
            Console.WriteLine($"{pages.Count} pages, {stale.Count} of them changed.");
            return ExitCodes.Good;
        });
        return command;
    }
}
