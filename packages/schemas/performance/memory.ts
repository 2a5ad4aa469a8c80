/*
 * Prints the bytes of heap that all schemas take, zod itself not counted. Run
 * in a fresh process with --expose-gc.
 */
function heapUsed(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

// What zod compiles on first use, and Node on a first import and measurement, is not ours.
await import('./warm-zod.ts');
heapUsed();
process.stdout.write('');

const before = heapUsed();
await import('@mlx/schemas');
process.stdout.write(`${heapUsed() - before}\n`);
