#!/usr/bin/env bash
# What takes longer than a test run may: many kills, a gigabyte, a line of two gigabytes. Prints figures for docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build -c Release tests/EndToEnd tests/Benchmarks >/dev/null 2>&1 || dotnet build -c Release
intelmq() { dotnet local-emulators/Cli/bin/Release/net10.0/intelmq.dll "$@"; }

echo "== twenty kills, 100,000 rows"
INTELMQ_TEST_ROWS=100000 INTELMQ_TEST_KILLS=20 \
    tests/EndToEnd/bin/Release/net10.0/IntelMq.EndToEnd.Tests -method "*killed*" -showLiveOutput

echo "== one gigabyte through the filter pipeline: lines, rate, peak memory"
dotnet run -c Release --no-build --project tests/Benchmarks -- end-to-end 3400000 1

echo "== a line of two gigabytes"
mkdir "$work/feeds"
{ printf '192.0.2.1,first\n192.0.2.2,'; head -c 2147483648 /dev/zero | tr '\0' x; printf '\n192.0.2.3,last\n'; } > "$work/feeds/feed.csv"
cat > "$work/runtime.yaml" <<'YAML'
collector: {module: intelmq.bots.collectors.file.collector_file, parameters: {path: feeds, name: Feed, destination_queues: [parser-queue]}}
parser:
  module: intelmq.bots.parsers.generic.parser_csv
  parameters: {columns: [source.ip, comment], default_fields: {classification.type: other}, destination_queues: [output-queue]}
output: {module: intelmq.bots.outputs.file.output, parameters: {file: events.jsonl}}
YAML
intelmq run "$work/runtime.yaml" --once --data "$work/data"
wc -l < "$work/data/events.jsonl"
intelmq dead-letters list --data "$work/data"
