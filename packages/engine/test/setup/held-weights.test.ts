import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldWeights, usableBytes, type HeldWeights } from '../../src/setup/model/memory-need.js';
import { outlineModel, type ModelOutline } from '../../src/setup/model/model-outline.js';
import { resolvePythonEnvironment } from '../../src/setup/python-environment.js';

interface Load {
  readonly kind: string;
  readonly memoryBytes: number;
  readonly weights: 'auto' | 'stored';
}

interface Loaded {
  readonly weights: string;
  readonly parameterCount: number;
  readonly weightBytes: number;
  readonly residentBytes: number;
}

const MIB = 1024 ** 2;
/** How weights are kept in files, and what a CPU makes of them, with less and less memory. */
const kinds = {
  dense: ['dense', 'stored'],
  '4': ['dense', 'widened', 'stored'],
  '8': ['dense', 'widened', 'stored'],
  // All of their scales are eight bits: they are hardly larger when they are widened.
  mxfp4: ['dense', 'widened'],
  nvfp4: ['dense', 'widened'],
  mixed: ['dense', 'widened', 'stored'],
} as const satisfies Record<string, readonly HeldWeights['form'][]>;

const script = fileURLToPath(
  new URL('../../../../python-runtime/tests/process/held_weights.py', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'mlx-held-'));
const outlines = new Map<string, ModelOutline>();
let loads: (Load & { loaded: Loaded })[];

function python(...args: string[]): string {
  const { python: command, env } = resolvePythonEnvironment();
  return execFileSync(command, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

beforeAll(async () => {
  python('write', folder);
  for (const kind of Object.keys(kinds)) {
    outlines.set(kind, await outlineModel(join(folder, kind)));
  }
  const wanted = [...outlines].flatMap(([kind, outline]) => loadsOf(kind, outline));
  const args = wanted.map(({ kind, memoryBytes, weights }) => [
    join(folder, kind),
    memoryBytes,
    weights,
  ]);
  const results = JSON.parse(python('load', JSON.stringify(args))) as Loaded[];
  loads = wanted.map((load, index) => ({ ...load, loaded: results[index] as Loaded }));
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** From a machine with plenty to one that has only room for what is stored. */
function loadsOf(kind: string, { parameterCount, weightBytes, widenedBytes }: ModelOutline) {
  const dense = 4 * parameterCount;
  // A file's header counts towards what is refused.
  const usable = [dense, dense - MIB, Math.max(weightBytes, widenedBytes - MIB)];
  const memories = [1024 * MIB, ...usable.map((bytes) => Math.ceil(bytes / 0.9) + 1)];
  return [
    { kind, memoryBytes: 1024 * MIB, weights: 'stored' as const },
    ...memories.map((memoryBytes) => ({ kind, memoryBytes, weights: 'auto' as const })),
  ];
}

test.each(Object.entries(kinds))(
  'weights kept as %s take on a CPU what was told of them before they were loaded',
  (kind, forms) => {
    const outline = outlines.get(kind) as ModelOutline;
    const seen = new Set<string>();
    for (const { loaded, ...terms } of loads.filter((load) => load.kind === kind)) {
      const { form, bytes } = heldWeights(outline, {
        ...terms,
        backend: 'cpu',
        promptCacheBytes: 0,
      });
      seen.add(form);
      expect(loaded.parameterCount).toBe(outline.parameterCount);
      expect(loaded.weights === 'float32').toBe(form === 'dense');
      expect(Math.abs(bytes - loaded.weightBytes)).toBeLessThan(0.1 * MIB);
      expect(Math.abs(bytes - loaded.residentBytes)).toBeLessThan(4 * MIB + 0.03 * bytes);
      expect(loaded.weightBytes).toBeLessThanOrEqual(usableBytes(terms.memoryBytes));
    }
    for (const form of forms) expect(seen).toContain(form);
  },
);
