import { readFile, rm } from 'node:fs/promises';
import { failedTestsFile } from './paths.mjs';

/**
 * Run every step, also after one failed, and print what each took and which
 * tests failed; resolves with the exit code.
 */
export async function runSteps(steps) {
  const results = [];
  await rm(failedTestsFile, { force: true });
  for (const { title, run } of steps) {
    console.log(`\n=== ${title} ===`);
    const started = performance.now();
    const passed = (await attempt(run)) === 0;
    results.push({ title, passed, seconds: (performance.now() - started) / 1000 });
  }
  const failed = await readFile(failedTestsFile, 'utf8').catch(() => '');
  if (failed !== '') console.log(`\nFailed tests:\n${failed.trimEnd()}`);
  console.log(`\n${results.map(line).join('\n')}`);
  return results.every(({ passed }) => passed) ? 0 : 1;
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
