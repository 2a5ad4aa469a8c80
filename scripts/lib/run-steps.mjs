import { readFile, rm } from 'node:fs/promises';
import { failedTestsFile } from './paths.mjs';
import { printedAtItsEnd } from './step-output.mjs';

/** Checks that use one core run two at a time. */
const LANES = 2;

/**
 * Run every step, also after one failed, and print what each took and which
 * tests failed; resolves with the exit code. Neighbours that are marked
 * `sharesCores` run beside each other.
 */
export async function runSteps(steps) {
  const results = [];
  await rm(failedTestsFile, { force: true });
  for (const group of groups(steps)) results.push(...(await runGroup(group)));
  const failed = await readFile(failedTestsFile, 'utf8').catch(() => '');
  if (failed !== '') console.log(`\nFailed tests:\n${failed.trimEnd()}`);
  console.log(`\n${results.map(line).join('\n')}`);
  return results.every(({ passed }) => passed) ? 0 : 1;
}

/** Neighbours that may run at the same time, and each other step alone. */
function groups(steps) {
  const found = [];
  for (const step of steps) {
    const last = found.at(-1);
    if (step.sharesCores && last?.[0].sharesCores) last.push(step);
    else found.push([step]);
  }
  return found;
}

/** Resolves with the results in the order of the steps. */
async function runGroup(group) {
  if (group.length === 1) return [await runAlone(group[0])];
  const results = [];
  const waiting = group.entries();
  const lane = async () => {
    for (const [place, step] of waiting) results[place] = await runBeside(step);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

function runAlone(step) {
  process.stdout.write(heading(step));
  return timed(step, step.run);
}

function runBeside(step) {
  return timed(step, () => printedAtItsEnd(heading(step), step.run));
}

function heading({ title }) {
  return `\n=== ${title} ===\n`;
}

async function timed({ title }, run) {
  const started = performance.now();
  const passed = (await attempt(run)) === 0;
  return { title, passed, seconds: (performance.now() - started) / 1000 };
}

/** A step that throws has failed; the ones after it still run. */
async function attempt(run) {
  try {
    return await run();
  } catch (error) {
    console.error(error);
    return 1;
  }
}

function line({ title, passed, seconds }) {
  return `${passed ? 'passed' : 'FAILED'}  ${seconds.toFixed(1).padStart(7)} s  ${title}`;
}
