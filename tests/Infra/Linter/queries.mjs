// Reads queries (a JSON array of { name, text }) from a file and prints what the language service has against them, a line each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';

// The service is made for pages: its files define global names.
const folder = dirname(createRequire(import.meta.url).resolve('@kusto/language-service-next/package.json'));
for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
  runInThisContext(readFileSync(join(folder, file), 'utf8'));
}

const { Symbols, GlobalState, KustoCode } = globalThis.Kusto.Language;

// The columns of the tables that are used: https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces, …/apprequests
const tables = [
  ['AppTraces', '(TimeGenerated: datetime, Message: string, Properties: dynamic, AppRoleName: string, ItemCount: int, SeverityLevel: int)'],
  ['AppRequests', '(TimeGenerated: datetime, Name: string, OperationName: string, Success: bool, Properties: dynamic, AppRoleName: string, ItemCount: int)'],
].map(([name, schema]) => new Symbols.TableSymbol.$ctor7(name, schema, null));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('logs', tables));

for (const { name, text } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const diagnostics = KustoCode.ParseAndAnalyze(text, globals, null).GetDiagnostics();
  for (let i = 0; i < diagnostics.Count; i++) {
    console.log(`${name}: ${diagnostics.getItem(i).Message}`);
  }
}
