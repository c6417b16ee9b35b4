// Warns of keys and hooks without effect and of secrets in clear text.
using IntelMq.DataFormat;
using IntelMq.Bots;
using IntelMq.Pipeline.Files;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline.Checks;

/// <summary>Warns of keys and hooks without effect and of secrets in clear text.</summary>
internal sealed class KeyChecks(DraftPipeline pipeline, ProblemLog problems)
{
    // Keys of every bot that say something about it and are no parameters of most bots.
    private static readonly string[] s_descriptiveKeys = ["name", "group", "module", "description"];

    /// <summary>Whether a key below "parameters" of a bot that does not declare it is let pass, with a warning.</summary>
    public static bool IsIgnoredParameter(string key) => IgnoredKeys.Reason(key) is not null || s_descriptiveKeys.Contains(key);

    public void Run()
    {
        foreach (var bot in pipeline.Bots)
        {
            var declared = new DeclaredKeys(bot.Descriptor);
            foreach (var entry in bot.ParameterMap?.Entries ?? [])
            {
                if (!WarnIfIgnored(entry) && s_descriptiveKeys.Contains(entry.Key) && bot.Descriptor is not null && !declared.Has(entry.Key))
                {
                    problems.Warning(entry.At, entry.Key, $"'{entry.Key}' has no effect below the parameters of '{bot.Id}'. It belongs one level up, beside 'module'.");
                }

                WarnOfSecret(entry, declared.Find(entry.Key)?.Secret);
            }
        }

        CheckGlobal();
        foreach (var (hook, at) in pipeline.Hooks.Where(hook => !pipeline.Bots.Exists(bot => hook.Hook.IsFor(bot.Id))))
        {
            problems.Warning(at, "hooks", $"The hook '{hook.Type}' is for no bot: no id fits '{hook.Bots}'.");
        }
    }

    private void CheckGlobal()
    {
        // What a bot that is not known here declares is not known either.
        var allKnown = pipeline.Bots.TrueForAll(bot => bot.Descriptor is not null);
        var declared = pipeline.Bots.Select(bot => bot.Descriptor).OfType<BotDescriptor>().Distinct().Select(bot => new DeclaredKeys(bot)).ToList();
        foreach (var entry in pipeline.GlobalParameters)
        {
            var users = declared.FindAll(bot => bot.Has(entry.Key));
            if (!WarnIfIgnored(entry) && users.Count == 0 && allKnown && entry.Key != "run_mode")
            {
                var known = declared.Count == 0 ? [] : pipeline.Bots.SelectMany(bot => bot.Descriptor!.Parameters).Select(parameter => parameter.Key).Concat(PipelineReader.Settings).Distinct();
                problems.Warning(entry.At, entry.Key, $"No bot of this pipeline has a parameter '{entry.Key}'{problems.Hint(entry.Key, known)}. Remove it from 'global'.");
            }

            WarnOfSecret(entry, users.Exists(bot => bot.Find(entry.Key)!.Secret));
        }
    }

    private bool WarnIfIgnored(ConfigEntry entry)
    {
        if (IgnoredKeys.Reason(entry.Key) is not { } reason)
        {
            return false;
        }

        problems.Warning(entry.At, entry.Key, $"'{entry.Key}' has no effect: {reason}.");
        return true;
    }

    private void WarnOfSecret(ConfigEntry entry, bool? declaredSecret)
    {
        var isSecret = declaredSecret == true || SecretReference.IsNamedSecret(entry.Key);
        if (!isSecret || entry.Node is not ConfigScalar { Value: { Kind: ValueKind.Text or ValueKind.Integer } value } || value.TextEquals(""))
        {
            return;
        }

        if (value.AsText()?.StartsWith(SecretReference.KeyVault, StringComparison.Ordinal) != true && SecretReference.VariableOf(value) is null)
        {
            problems.Warning(entry.At, entry.Key, $"'{entry.Key}' is a secret in clear text. Give it by the environment variable {ParameterMerge.Variable(entry.Key)}, name a variable of yours with '{SecretReference.Prefix}NAME', or give a Key Vault reference: {SecretReference.KeyVault}SecretUri=…).");
        }
    }
}
