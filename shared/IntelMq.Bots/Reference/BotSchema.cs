// JSON Schema of parameters and of the pipeline file, for editors.
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IntelMq.DataFormat;

namespace IntelMq.Bots.Reference;

/// <summary>Makes JSON Schema (draft 2020-12) of the declarations.</summary>
public static class BotSchema
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema of one bot's parameters.</summary>
    public static string OfParameters(BotDescriptor bot) => Text(WithHead(ParametersOf(bot, PropertyOf), bot.Id));

    /// <summary>The schema of a pipeline file with these bots.</summary>
    /// <param name="catalogue">The bots.</param>
    /// <param name="settings">What may stand in the global part besides parameters, by key; null for nothing.</param>
    public static string OfPipeline(BotCatalogue catalogue, IReadOnlyDictionary<string, JsonObject>? settings = null)
    {
        var definitions = new JsonObject();
        var choices = new JsonArray();
        foreach (var bot in catalogue.All)
        {
            definitions[bot.Id] = ParametersOf(bot, parameter => SharedOrOwn(parameter, definitions));
            choices.Add(new JsonObject
            {
                ["if"] = new JsonObject { ["properties"] = new JsonObject { ["module"] = new JsonObject { ["const"] = bot.Id } } },
                ["then"] = new JsonObject { ["properties"] = new JsonObject { ["parameters"] = new JsonObject { ["$ref"] = "#/$defs/" + bot.Id } } },
            });
        }

        definitions["bot"] = BotOf(catalogue, choices);
        var file = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["global"] = new JsonObject
                {
                    ["type"] = "object",
                    ["description"] = "Parameters of all bots, and settings of the pipeline itself.",
                    ["properties"] = new JsonObject((settings ?? new Dictionary<string, JsonObject>()).Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value.DeepClone()))),
                },
            },
            ["additionalProperties"] = new JsonObject { ["$ref"] = "#/$defs/bot" },
            ["$defs"] = definitions,
        };
        return Text(WithHead(file, "IntelMQ pipeline file (runtime.yaml)"));
    }

    // What hundreds of bots have in common stands in the file once.
    private static JsonObject SharedOrOwn(ParameterDeclaration parameter, JsonObject definitions)
    {
        if (parameter.DeclaredBy.Assembly != typeof(BotParameters).Assembly)
        {
            return PropertyOf(parameter);
        }

        var name = $"{parameter.DeclaredBy.Name}.{parameter.Key}";
        if (!definitions.ContainsKey(name))
        {
            definitions[name] = PropertyOf(parameter);
        }

        return new JsonObject { ["$ref"] = "#/$defs/" + name };
    }

    private static JsonObject BotOf(BotCatalogue catalogue, JsonArray choices)
    {
        var queues = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "string" },
                new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } }),
        };
        var modules = new JsonArray(catalogue.All.Select(bot => (JsonNode)bot.Id).ToArray());
        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("module"),
            ["properties"] = new JsonObject
            {
                ["module"] = new JsonObject { ["type"] = "string", ["enum"] = modules, ["description"] = "Which bot this is." },
                ["name"] = new JsonObject { ["type"] = "string" },
                ["group"] = new JsonObject { ["enum"] = new JsonArray("Collector", "Parser", "Expert", "Output") },
                ["description"] = new JsonObject { ["type"] = "string" },
                ["enabled"] = new JsonObject { ["type"] = "boolean" },
                ["fuse"] = FlagOf("Fuse the expert with the one before it: what that one sends to it is handed over without a queue."),
                ["run_mode"] = new JsonObject { ["enum"] = new JsonArray("continuous", "scheduled") },
                ["destination_queues"] = new JsonObject
                {
                    ["anyOf"] = new JsonArray(
                        queues.DeepClone(),
                        new JsonObject { ["type"] = "object", ["additionalProperties"] = queues.DeepClone() }),
                },
                ["parameters"] = new JsonObject { ["type"] = "object" },
            },
            ["allOf"] = choices,
        };
    }

    private static JsonObject FlagOf(string description) => new() { ["type"] = "boolean", ["description"] = description };

    private static JsonObject ParametersOf(BotDescriptor bot, Func<ParameterDeclaration, JsonObject> describe)
    {
        var properties = new JsonObject();
        foreach (var parameter in bot.Parameters)
        {
            properties[parameter.Key] = describe(parameter);
            if (parameter.Alias is { } alias)
            {
                properties[alias] = describe(parameter);
            }
        }

        properties["source_queue"] = new JsonObject { ["type"] = "string", ["description"] = "The queue that the bot reads." };
        properties["destination_queues"] = new JsonObject { ["description"] = "The queues to which the bot sends, by path." };
        var schema = new JsonObject { ["type"] = "object", ["description"] = bot.Description, ["properties"] = properties };
        var required = bot.Parameters.Where(parameter => parameter.Required).Select(parameter => (JsonNode)parameter.Key).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        return schema;
    }

    private static JsonObject PropertyOf(ParameterDeclaration parameter)
    {
        var schema = new JsonObject { ["description"] = parameter.Description };
        if (!parameter.Default.IsMissing && !parameter.Secret)
        {
            schema["default"] = JsonNode.Parse(JsonText.Compact(parameter.Default));
        }

        if (parameter.Rules.Deprecated is not null)
        {
            schema["deprecated"] = true;
        }

        if (FormsOf(parameter) is { Length: > 0 } forms)
        {
            schema["anyOf"] = new JsonArray([.. forms, TypeOf("null")]);
        }

        return schema;
    }

    // What the binder accepts, not only what is nicest: numbers and flags as text, lists as text with commas, null for "not given".
    // The nicest form comes first: editors offer it.
    private static JsonObject[] FormsOf(ParameterDeclaration parameter) => parameter.TypeName switch
    {
        _ when parameter.Allowed.Count > 0 =>
        [
            new JsonObject { ["enum"] = new JsonArray(parameter.Allowed.Select(text => (JsonNode)text).ToArray()) },
            PatternOf(string.Join('|', parameter.Allowed.Select(text => InAnyCase(text, dashes: parameter.Rules.Allowed.Length == 0)))),
        ],
        "boolean" => [TypeOf("boolean"), PatternOf($"{InAnyCase("true")}|{InAnyCase("false")}")],
        "integer" => [NumberOf("integer", parameter.Rules), PatternOf("[-+]?[0-9]+")],
        "number" => [NumberOf("number", parameter.Rules), PatternOf(@"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")],
        "list of texts" => [new JsonObject { ["type"] = "array", ["items"] = TypeOf("string", "number", "boolean") }, TypeOf("string", "number", "boolean")],
        "map" => [TypeOf("object"), TypeOf("string")],
        "any" => [],
        _ when parameter.Rules.Pattern is { } pattern => [new JsonObject { ["type"] = "string", ["pattern"] = pattern }, TypeOf("number", "boolean")],
        _ => [TypeOf("string", "number", "boolean")],
    };

    private static JsonObject NumberOf(string type, ParameterAttribute rules)
    {
        var schema = TypeOf(type);
        if (double.IsFinite(rules.Minimum))
        {
            schema["minimum"] = rules.Minimum;
        }

        if (double.IsFinite(rules.Maximum))
        {
            schema["maximum"] = rules.Maximum;
        }

        return schema;
    }

    private static JsonObject PatternOf(string alternatives) => new() { ["type"] = "string", ["pattern"] = $@"^\s*({alternatives})\s*$" };

    // Patterns of JSON Schema know no "ignore case". All texts here are words of ASCII letters, digits and marks.
    private static string InAnyCase(string word, bool dashes = false) => string.Concat(word.Select(letter => letter switch
    {
        _ when char.IsAsciiLetter(letter) => $"[{char.ToUpperInvariant(letter)}{char.ToLowerInvariant(letter)}]",
        '-' when dashes => "[-_]",
        _ => Regex.Escape(letter.ToString()),
    }));

    private static JsonObject TypeOf(params string[] types) =>
        new() { ["type"] = types.Length == 1 ? types[0] : new JsonArray(types.Select(type => (JsonNode)type).ToArray()) };

    private static JsonObject WithHead(JsonObject schema, string title)
    {
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        return schema;
    }

    private static string Text(JsonObject schema) => schema.ToJsonString(s_indented).ReplaceLineEndings("\n") + "\n";
}
