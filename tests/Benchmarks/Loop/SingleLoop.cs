// The pipeline of the benchmark as one loop by hand.
using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IntelMq.DataFormat;

namespace IntelMq.Benchmarks;

/// <summary>
/// What collector, CSV parser, deduplicator, taxonomy, url2fqdn, filter and file output do, in one process without queue, frame, message or bot: nothing
/// is durable before the end, no failed row is kept, and only this one pipeline can be run. It writes the same lines, apart from <c>time.observation</c>.
/// </summary>
internal sealed class SingleLoop
{
    private const int LongestValue = 8 * 1024;

    private static readonly string[] s_numbers = ["destination.port", "source.asn", "source.port"];
    private static readonly SearchValues<char> s_escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (char)code), '"', '\\']);

    // The names of the line, sorted; constants stand in the text before their successor.
    private readonly string[] _names;
    private readonly string[] _before;
    private readonly string[] _keys;
    private readonly bool[] _isNumber;
    private readonly EverydayValues.Usual[] _usual;
    private readonly int[] _placeOfColumn;
    private readonly (int Start, int Length)[] _values;
    private readonly int _taxonomy;
    private readonly int _type;
    private readonly int _url;
    private readonly int _fqdn;
    private readonly int _ip;
    private readonly int _country;
    private readonly string _end;
    private readonly HashSet<UInt128> _seen = [];
    private readonly ByteBuffer _output = new(1024 * 1024);
    private char[] _text = new char[64 * 1024];
    private int _used;
    private char[] _line = new char[8 * 1024];
    private int _lineLength;

    private SingleLoop(string feed, DateTimeOffset now)
    {
        var constants = new Dictionary<string, string>
        {
            ["feed.accuracy"] = "100.0",
            ["feed.name"] = "\"Bench Feed\"",
            ["feed.provider"] = "\"Bench\"",
            ["feed.url"] = $"\"file://localhost{JsonEncodedText.Encode(feed, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"",
            ["time.observation"] = now.UtcDateTime.ToString("'\"'yyyy-MM-dd'T'HH:mm:ss'+00:00\"'", CultureInfo.InvariantCulture),
        };
        _names = [.. BenchmarkInput.Columns.Append("classification.taxonomy").Append("source.fqdn").Order(StringComparer.Ordinal)];
        _values = new (int, int)[_names.Length];
        _isNumber = [.. _names.Select(name => s_numbers.Contains(name))];
        _keys = [.. _names.Select((name, i) => $", \"{name}\": {(_isNumber[i] ? "" : "\"")}")];
        _usual = [.. _names.Select(EverydayValues.For)];
        _placeOfColumn = [.. BenchmarkInput.Columns.Select(Place)];
        (_taxonomy, _type, _url, _fqdn, _ip) = (Place("classification.taxonomy"), Place("classification.type"), Place("source.url"), Place("source.fqdn"), Place("source.ip"));
        _country = Place("source.geolocation.cc");
        _before = new string[_names.Length];
        var written = new HashSet<string>();
        for (var i = 0; i < _names.Length; i++)
        {
            _before[i] = Text(_names[i]);
        }

        _end = Text("\uffff");

        int Place(string name) => Array.IndexOf(_names, name);

        string Text(string upTo) => string.Concat(constants.Where(item => string.CompareOrdinal(item.Key, upTo) < 0 && written.Add(item.Key))
            .OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $", \"{item.Key}\": {item.Value}"));
    }

    /// <summary>Reads a feed with a header line and writes the lines.</summary>
    /// <returns>The number of lines written and of rows that failed.</returns>
    public static (int Lines, int Failed) Run(string feed, string output, DateTimeOffset now)
    {
        using var text = new StreamReader(feed, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024);
        using var file = new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return new SingleLoop(feed, now).Run(new CsvRows(text), file);
    }

    private (int Lines, int Failed) Run(CsvRows rows, FileStream file)
    {
        var (lines, failed) = (0, 0);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        rows.Read();
        while (rows.Read())
        {
            if (rows.IsBroken || !Sanitise(rows))
            {
                failed++;
                continue;
            }

            if (Value(_country) is BenchmarkInput.FilteredCountry)
            {
                continue;
            }

            // Taxonomy and domain name come of other fields: with them in the hash the same events are the same.
            Enrich();
            var start = _output.Length;
            WriteLine();
            SHA256.HashData(_output.Written.Span[start..], hash);
            if (!_seen.Add(BitConverter.ToUInt128(hash)))
            {
                _output.CutBack(start);
                continue;
            }

            lines++;
            if (_output.Length > 512 * 1024)
            {
                file.Write(_output.Written.Span);
                _output.CutBack(0);
            }
        }

        file.Write(_output.Written.Span);
        return (lines, failed);
    }

    private bool Sanitise(CsvRows rows)
    {
        Array.Clear(_values);
        _used = 0;
        for (var i = 0; i < Math.Min(rows.Count, _placeOfColumn.Length); i++)
        {
            if (!Put(_placeOfColumn[i], rows[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void Enrich()
    {
        Put(_taxonomy, Taxonomies.Of(Value(_type)));
        if (_values[_type].Length == 0)
        {
            Put(_type, "undetermined");
        }

        if (!Url.TrySplit(Value(_url), out var parts) || parts.Authority.IsEmpty)
        {
            return;
        }

        var host = parts.Authority[(parts.Authority.LastIndexOf('@') + 1)..];
        host = host[0] == '[' ? host[1..host.IndexOf(']')] : host.IndexOf(':') is >= 0 and var colon ? host[..colon] : host;
        var scope = host.IndexOf('%');
        var place = IpNumber.TryParse(scope < 0 ? host : host[..scope], out var address) && address != new IpNumber(0, 4) ? _ip : _fqdn;
        if (_values[place].Length == 0)
        {
            Put(place, host);
        }
    }

    private bool Put(int place, ReadOnlySpan<char> cell)
    {
        var room = Math.Max(LongestValue, cell.Length * 4);
        if (_text.Length - _used < room)
        {
            Array.Resize(ref _text, (_text.Length * 2) + room);
        }

        var length = EverydayValues.Write(_names[place], _usual[place], cell, _text.AsSpan(_used));
        if (length < 0)
        {
            return false;
        }

        _values[place] = (_used, length);
        _used += length;
        return true;
    }

    private ReadOnlySpan<char> Value(int place) => _text.AsSpan(_values[place].Start, _values[place].Length);

    private void WriteLine()
    {
        _lineLength = 0;
        for (var i = 0; i < _names.Length; i++)
        {
            Write(_before[i]);
            var value = Value(i);
            if (value.IsEmpty)
            {
                continue;
            }

            Write(_keys[i]);
            if (_isNumber[i])
            {
                Write(value);
                continue;
            }

            WriteEscaped(value);
            Write("\"");
        }

        Write(_end);
        Write("}\n");

        // Every name has ", " before it; that of the first becomes the bracket.
        _line[1] = '{';
        var text = _line.AsSpan(1, _lineLength - 1);
        _output.Advance(Encoding.UTF8.GetBytes(text, _output.GetSpan(text.Length * 3)));
    }

    private void WriteEscaped(ReadOnlySpan<char> text)
    {
        for (var stop = text.IndexOfAny(s_escaped); stop >= 0; stop = text.IndexOfAny(s_escaped))
        {
            Write(text[..stop]);
            Write(text[stop] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                var other => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)other:x4}"),
            });
            text = text[(stop + 1)..];
        }

        Write(text);
    }

    private void Write(ReadOnlySpan<char> text)
    {
        if (_line.Length - _lineLength < text.Length)
        {
            Array.Resize(ref _line, (_line.Length * 2) + text.Length);
        }

        text.CopyTo(_line.AsSpan(_lineLength));
        _lineLength += text.Length;
    }
}
