import { writeFile } from 'node:fs/promises';
import { prepare } from './environment/prepare.ts';
import { parseOptions } from './options.ts';
import { Contenders } from './peers/contenders.ts';
import { describeMachine } from './report/machine.ts';
import { markdown } from './report/markdown.ts';
import { createProgress } from './report/progress.ts';
import type { Report, SuiteResult } from './report/report.ts';
import { textTable } from './report/text-table.ts';
import { runSuite } from './suites/run-suite.ts';
import { suites } from './suites/suites.ts';

const options = parseOptions(process.argv.slice(2));
// Exiting ends the servers' process groups: see ChildGroup.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const progress = createProgress();
const { environment, modelId, runtime } = await prepare(options.model, progress);
const machine = describeMachine(runtime);
const results: SuiteResult[] = [];
{
  await using contenders = new Contenders(modelId, environment, progress);
  const context = { ...options, progress, contenders };
  for (const suite of suites.filter(({ name }) => options.suites.includes(name))) {
    const result = await runSuite(suite, context, options.only);
    results.push(result);
    if (result.measurements.length === 0) continue;
    process.stdout.write(`\n${suite.name}\n${textTable(result.measurements)}\n`);
  }
}

const report: Report = {
  date: new Date().toISOString(),
  machine,
  model: modelId,
  rounds: options.rounds,
  suites: results,
};
if (options.json !== undefined)
  await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
if (options.markdown !== undefined) await writeFile(options.markdown, markdown(report));
if (results.some((result) => result.failures.length > 0)) process.exitCode = 1;
