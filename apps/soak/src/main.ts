import { writeFile } from 'node:fs/promises';
import { parseOptions } from './options.ts';
import { terminalProgress } from './report/progress.ts';
import { reportText } from './report/text.ts';
import { soak } from './soak.ts';

const { json, ...options } = parseOptions(process.argv.slice(2));
const progress = terminalProgress();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const report = await soak(options, progress, stop.signal);
progress('');
const asJson = `${JSON.stringify(report, null, 2)}\n`;
process.stdout.write(json === '-' ? asJson : reportText(report));
if (json !== undefined && json !== '-') await writeFile(json, asJson);
if (report.faultCount > 0) process.exitCode = 1;
