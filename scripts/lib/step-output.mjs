import { AsyncLocalStorage } from 'node:async_hooks';

const outputs = new AsyncLocalStorage();

/** Run a step whose commands print nothing until it has ended: others run meanwhile. */
export async function printedAtItsEnd(heading, step) {
  const output = [Buffer.from(heading)];
  try {
    return await outputs.run(output, step);
  } finally {
    process.stdout.write(Buffer.concat(output));
  }
}

/** Where commands of the step that is running put what they print; undefined where they print it. */
export function outputOfStep() {
  return outputs.getStore();
}
