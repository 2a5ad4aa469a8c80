import { writeFile } from 'node:fs/promises';
import { parseOptions } from './options.ts';
import { terminalProgress } from './report/progress.ts';
import { reportText } from './report/text.ts';
import { soakFleet, type FleetSoakReport } from './fleet/soak-fleet.ts';
import type { SoakReport } from './report/report.ts';
import { soak } from './soak.ts';

/** Longest calm between two faults of a fleet. */
const PAUSE_MS = 6000;

const { json, fleet, ...options } = parseOptions(process.argv.slice(2));
const progress = terminalProgress();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const report = await run();
progress('');
const asJson = `${JSON.stringify(report, null, 2)}\n`;
process.stdout.write(json === '-' || !isOfOneMachine(report) ? asJson : reportText(report));
if (json !== undefined && json !== '-') await writeFile(json, asJson);
if (report.faults.length > 0) process.exitCode = 1;

function run(): Promise<SoakReport | FleetSoakReport> {
  if (fleet === 0) return soak(options, progress, stop.signal);
  return soakFleet({ ...options, workers: fleet, pauseMs: PAUSE_MS }, progress);
}

function isOfOneMachine(some: SoakReport | FleetSoakReport): some is SoakReport {
  return 'memory' in some;
}
