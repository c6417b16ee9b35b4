// Finds hooks by the names that a pipeline file gives.
using System.Reflection;

namespace IntelMq.Bots;

/// <summary>Finds hook classes in the scanned assemblies.</summary>
public static class HookCatalogue
{
    /// <summary>A new hook of a type (full or short name), or null and a sentence that says what is wrong.</summary>
    public static IBotHook? Find(string typeName, IEnumerable<Assembly> assemblies, out string? problem)
    {
        var hooks = assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => typeof(IBotHook).IsAssignableFrom(type) && type is { IsAbstract: false, IsInterface: false } && type.GetConstructor(Type.EmptyTypes) is not null)
            .ToArray();
        var matches = hooks.Where(type => type.FullName == typeName || type.Name == typeName).ToArray();
        if (matches.Length == 1)
        {
            problem = null;
            return (IBotHook)Activator.CreateInstance(matches[0])!;
        }

        problem = matches.Length > 1
            ? $"The hook '{typeName}' exists {matches.Length} times; give its full name: {string.Join(" or ", matches.Select(type => type.FullName))}."
            : $"There is no hook '{typeName}'{NearName.Hint(typeName, hooks.Select(type => type.Name).Concat(hooks.Select(type => type.FullName!)))}. Is its package in the folder 'bots'?";
        return null;
    }
}
