// Gathers what differs from the recorded behaviour, so that one run shows all of it.
using System.Text;
using IntelMq.DataFormat;
using Xunit;

namespace IntelMq.Conformance;

/// <summary>Compares results with one file of recorded data. <see cref="Finish"/> fails with all differences that no rule explains.</summary>
public sealed class Comparison(string file)
{
    private readonly KnownDifferences _known = KnownDifferences.For(file);
    private readonly List<string> _unexplained = [];
    private int _compared;
    private int _explained;

    /// <summary>Compares one result. Missing and null are the same: nothing came out.</summary>
    /// <param name="subject">The type, field, name or bot.</param>
    /// <param name="index">The entry's index in its file.</param>
    /// <param name="input">The recorded input.</param>
    /// <param name="what">What was compared, for example <c>sanitize</c>.</param>
    /// <param name="expected">The recorded result.</param>
    /// <param name="got">Our result.</param>
    public void Compare(string subject, int index, Value input, string what, Value expected, Value got)
    {
        _compared++;
        if (Same(expected, got))
        {
            return;
        }

        var json = JsonText.Write(input, JsonStyle.Legacy);
        if (_known.Explain(subject, json, JsonText.Write(expected.IsMissing ? Value.Null : expected, JsonStyle.Legacy)))
        {
            _explained++;
            return;
        }

        _unexplained.Add($"{file}[{index}] {subject} {what}: input {Shorten(json)}, expected {Shown(expected)}, got {Shown(got)}");
    }

    /// <summary>
    /// Fails where a difference is not explained. A rule that explained nothing is only told: the folder may hold a part of what was recorded.
    /// </summary>
    public void Finish()
    {
        var unused = _known.Unused.Select(rule => $"unused rule: {rule.Subject} {rule.Input} ({rule.Reason})").ToArray();
        var report = new StringBuilder();
        report.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{file}: {_compared} compared, {_explained} explained, {_unexplained.Count} not explained");
        foreach (var line in _unexplained.Concat(unused))
        {
            report.AppendLine(line);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.SkipWhen(_compared == 0, $"{file} holds nothing to compare.");
        Assert.True(_unexplained.Count == 0, report.ToString());
    }

    private static bool Same(Value expected, Value got) =>
        expected == got || (expected.Kind is ValueKind.Null or ValueKind.Missing && got.Kind is ValueKind.Null or ValueKind.Missing);

    private static string Shown(Value value) => value.IsMissing ? "nothing" : Shorten(JsonText.Write(value, JsonStyle.Legacy));

    private static string Shorten(string text) => text.Length <= 160 ? text : text[..160] + "…";
}
