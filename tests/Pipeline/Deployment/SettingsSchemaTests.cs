// What editors know of the global part of a pipeline file.
using System.Text.Json.Nodes;
using IntelMq.Pipeline.Reading;

namespace IntelMq.Pipeline.Tests.Deployment;

public sealed class SettingsSchemaTests
{
    [Fact]
    public void Every_setting_of_a_pipeline_is_known_to_editors() => Assert.Equal(PipelineReader.Settings.Order(StringComparer.Ordinal), SettingsSchema.Global.Keys);

    [Fact]
    public void Every_key_of_the_deployment_has_its_type_and_its_rule()
    {
        var properties = SettingsSchema.Global["deployment"]["properties"]!.AsObject();
        Assert.Equal(DeploymentKey.All.Select(key => key.Name), properties.Select(property => property.Key));
        Assert.Equal([512, 2048, 4096], properties["instance_memory_mb"]!["enum"]!.AsArray().Select(one => one!.GetValue<int>()));
        Assert.Equal((1, 1000), (properties["maximum_instances"]!["minimum"]!.GetValue<int>(), properties["maximum_instances"]!["maximum"]!.GetValue<int>()));
        Assert.Equal("boolean", properties["delete_locks"]!["type"]!.GetValue<string>());
        Assert.Equal("string", properties["alert_emails"]!["items"]!["type"]!.GetValue<string>());
        Assert.Contains("container-apps", properties["plan"]!["enum"]!.AsArray().Select(one => one!.GetValue<string>()));
        Assert.All(properties, property => Assert.IsType<JsonObject>(property.Value));
    }
}
