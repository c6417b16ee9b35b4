// Reads a configuration file as text, whatever it holds.
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace IntelMq.Pipeline.Files;

/// <summary>Reads a configuration file as UTF-8 text.</summary>
internal static class TextFile
{
    /// <summary>The longest configuration file, in bytes.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>The text of a file, without byte order mark; null where there is none to read, with the problem in the log.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What the file is, for sentences: "pipeline file".</param>
    /// <param name="problems">Where problems go.</param>
    public static string? Read(string path, string what, ProblemLog problems)
    {
        try
        {
            if (Directory.Exists(path))
            {
                problems.Error(SourcePosition.Whole, null, $"This is a folder. Name the {what} in it.");
                return null;
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[MaxLength + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaxLength)
            {
                problems.Error(SourcePosition.Whole, null, string.Create(CultureInfo.InvariantCulture, $"The file is larger than {MaxLength / 1024 / 1024} MiB. Is it the {what}?"));
                return null;
            }

            return Decode(buffer.AsSpan(0, length), what, problems);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Error(SourcePosition.Whole, null, $"There is no such file. Give the path of the {what}.");
        }
        catch (UnauthorizedAccessException)
        {
            problems.Error(SourcePosition.Whole, null, "The file may not be read by this user. Change its permissions.");
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            problems.Error(SourcePosition.Whole, null, $"The file cannot be read: {error.Message}");
        }

        return null;
    }

    private static string? Decode(ReadOnlySpan<byte> bytes, string what, ProblemLog problems)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            problems.Error(new SourcePosition(1, 1), null, $"The file is UTF-16. Save the {what} as UTF-8.");
            return null;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            bytes = bytes[3..];
        }

        if (!Utf8.IsValid(bytes))
        {
            problems.Error(Position(bytes, FirstInvalid(bytes)), null, $"Here is a byte that is not UTF-8. Save the {what} as UTF-8.");
            return null;
        }

        var nul = bytes.IndexOf((byte)0);
        if (nul >= 0)
        {
            problems.Error(Position(bytes, nul), null, $"Here is a NUL byte. Is this the {what}?");
            return null;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Line and column of a byte.</summary>
    public static SourcePosition Position(ReadOnlySpan<byte> bytes, int offset)
    {
        var before = bytes[..offset];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new SourcePosition(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var offset = 0;
        while (Rune.DecodeFromUtf8(bytes[offset..], out _, out var consumed) == OperationStatus.Done)
        {
            offset += consumed;
        }

        return offset;
    }
}
