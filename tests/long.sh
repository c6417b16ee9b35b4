#!/usr/bin/env bash
# What takes longer than a test run may: many kills, a gigabyte, a line of two gigabytes, large reports through the function app. Prints figures for
# docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build -c Release tests/EndToEnd tests/Benchmarks >/dev/null 2>&1 || dotnet build -c Release
intelmq() { dotnet local-emulators/Cli/bin/Release/net10.0/intelmq.dll "$@"; }

echo "== twenty kills, 100,000 rows"
INTELMQ_TEST_ROWS=100000 INTELMQ_TEST_KILLS=20 \
    tests/EndToEnd/bin/Release/net10.0/IntelMq.EndToEnd.Tests -class "*.KillTests" -showLiveOutput

echo "== ten kills of the host and of the app, over every transport and way to call, 20,000 rows"
INTELMQ_TEST_TRANSPORT_ROWS=20000 INTELMQ_TEST_TRANSPORT_KILLS=10 \
    tests/EndToEnd/bin/Release/net10.0/IntelMq.EndToEnd.Tests -class "*.TransportTests" -showLiveOutput

# Runs a pipeline in the function app and prints the peak memory of the host's and the app's process.
through_the_app() { # ROWS TRANSPORT
    local folder="$work/app-$2" host app status=0
    mkdir -p "$folder/input"
    dotnet run -c Release --no-build --project tests/Benchmarks -- input "$folder" "$1"
    ls -l "$folder/input/feed.csv"
    (cd "$folder" && exec dotnet "$OLDPWD/local-emulators/Cli/bin/Release/net10.0/intelmq.dll" run runtime.yaml --once --data data --transport "$2" --invoke http --json > summary.json) &
    host=$!
    local most_host=0 most_app=0 now
    while kill -0 $host 2>/dev/null; do
        now=$(awk '/VmHWM/ {print $2}' /proc/$host/status 2>/dev/null || true)
        [ "${now:-0}" -gt $most_host ] && most_host=$now
        app=$(pgrep -P $host -f IntelMq.App.dll || true)
        now=$([ -n "$app" ] && awk '/VmHWM/ {print $2}' "/proc/$app/status" 2>/dev/null || true)
        [ "${now:-0}" -gt $most_app ] && most_app=$now
        sleep 0.5
    done
    wait $host || status=$?
    echo "exit $status, $(wc -l < "$folder/data/events.jsonl") lines, host $((most_host / 1024)) MiB, app $((most_app / 1024)) MiB at the peak"
    rm -rf "$folder"
}

echo "== a report of 500 MB through the function app, embedded transport"
through_the_app 1700000 sqlite

echo "== a report of 10 MB through the function app, Storage queues"
through_the_app 34000 storage-queue

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
