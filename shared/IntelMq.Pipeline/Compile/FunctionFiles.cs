// One function.json per function.
using System.Text.Json.Nodes;

namespace IntelMq.Pipeline.Compile;

/// <summary>
/// Makes the function.json of each function. The host passes text on untouched only with <c>dataType: string</c>, and one message per call only
/// where cardinality is not <c>many</c>.
/// </summary>
internal sealed class FunctionFiles(CompiledApp app, string authentication)
{
    private readonly Dictionary<string, CompiledQueue> _queues = app.Queues.ToDictionary(queue => queue.Name, StringComparer.Ordinal);

    /// <summary>The content of a function's file.</summary>
    public JsonObject Of(CompiledFunction function)
    {
        var bindings = new JsonArray(Trigger(function));
        foreach (var (queue, binding) in function.Outputs.OrderBy(output => output.Key, StringComparer.Ordinal))
        {
            bindings.Add(Output(_queues[queue].Transport, _queues[queue].Entity, binding));
        }

        if (function.GivesUpTo is { } givesUp && _queues[function.Trigger.Queue!] is { Poison: { } poison } own)
        {
            bindings.Add(Output(own.Transport, poison, givesUp));
        }

        var file = new JsonObject { ["bindings"] = bindings };
        if (function.Kind == FunctionKind.Status)
        {
            bindings.Add(new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = CompiledApp.HttpOutput });
        }

        if (function.Trigger.Many)
        {
            // Without a retry that never ends the position moves on after a failed batch, and what was in it is lost.
            file["retry"] = new JsonObject
            {
                ["strategy"] = "exponentialBackoff",
                ["maxRetryCount"] = -1,
                ["minimumInterval"] = "00:00:05",
                ["maximumInterval"] = "00:05:00",
            };
        }
        else if (function.Kind == FunctionKind.Collect)
        {
            // A timer's call that fails is not made again before its next time: with the process its run would wait for a day where the schedule is one.
            // Once only: with the third end of the process within half an hour the host ends too, and a collector that ends it must not reach that alone.
            file["retry"] = new JsonObject
            {
                ["strategy"] = "fixedDelay",
                ["maxRetryCount"] = 1,
                ["delayInterval"] = "00:00:10",
            };
        }

        return file;
    }

    private JsonObject Trigger(CompiledFunction function)
    {
        var (type, binding, queueName, many, schedule) = function.Trigger;
        var trigger = new JsonObject { ["type"] = type, ["direction"] = "in", ["name"] = binding };
        if (function.Kind == FunctionKind.Status)
        {
            trigger["authLevel"] = "function";
            trigger["methods"] = new JsonArray("get");
            trigger["route"] = "status";
            return trigger;
        }

        if (queueName is null)
        {
            trigger["schedule"] = schedule;
            trigger["useMonitor"] = true;
            return trigger;
        }

        var queue = _queues[queueName];
        var entity = function.Kind == FunctionKind.Poison ? queue.Poison! : queue.Entity;
        trigger[EntityKey(queue.Transport)] = entity;
        if (queue.Transport is "event-hubs")
        {
            trigger["consumerGroup"] = "$Default";
        }
        else if (queue.Transport is "kafka")
        {
            // A group of its own: the instances of other functions coming and going must not stop this one.
            trigger["consumerGroup"] = function.Name;
        }

        if (queue.Transport is "event-hubs" or "kafka" or "service-bus")
        {
            trigger["cardinality"] = many ? "many" : "one";
        }

        trigger["dataType"] = "string";
        Connect(trigger, queue.Transport);
        return trigger;
    }

    private JsonObject Output(string transport, string entity, string binding)
    {
        var output = new JsonObject
        {
            ["type"] = Transport.All[transport].OutputType,
            ["direction"] = "out",
            ["name"] = binding,
            [EntityKey(transport)] = entity,
        };
        Connect(output, transport);
        return output;
    }

    private static string EntityKey(string transport) => transport switch
    {
        "event-hubs" => "eventHubName",
        "kafka" => "topic",
        _ => "queueName",
    };

    private void Connect(JsonObject binding, string transport)
    {
        switch (transport)
        {
            case "kafka":
                binding["brokerList"] = $"%{Connections.KafkaBrokers}%";
                if (authentication == CompileOptions.DefaultAuthentication)
                {
                    binding["protocol"] = "SASLSSL";
                    binding["authenticationMode"] = "PLAIN";
                    binding["username"] = $"%{Connections.KafkaUsername}%";
                    binding["password"] = $"%{Connections.KafkaPassword}%";
                }

                break;
            case "rabbitmq":
                binding["connectionStringSetting"] = Connections.RabbitMq;
                break;
            default:
                binding["connection"] = transport switch
                {
                    "service-bus" => Connections.ServiceBus,
                    "event-hubs" => Connections.EventHubs,
                    _ => Connections.Queues,
                };
                break;
        }
    }
}
