// The spellings of JSON in which messages leave the system.
namespace IntelMq.DataFormat;

/// <summary>How JSON text is spelled.</summary>
public enum JsonStyle
{
    /// <summary><c>{"a":"\u00e4"}</c>: no blanks, ASCII only. Envelopes and frames.</summary>
    Wire,

    /// <summary><c>{"a": "\u00e4"}</c>: blanks after comma and colon, ASCII only. IntelMQ's queue messages.</summary>
    Legacy,

    /// <summary><c>{"a": "ä"}</c>: blanks, text as it is. IntelMQ's exports (the file output's lines).</summary>
    Export,
}
