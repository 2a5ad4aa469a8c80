import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '@mlx/engine';
import { joinFleet, type FleetMembership } from '@mlx/engine/fleet';
import * as setup from '@mlx/engine/setup';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { NatsServer } from '../../../engine/test/fleet/support/nats-server.js';
import { childrenOf, isAlive } from '../../../engine/test/support/process-tree.js';
import { writeTinyModel } from '../../../engine/test/support/tiny-model.js';
import { Command } from '../support/command.js';
import { noise } from '../support/images.js';
import { writeTinyVisionModel } from '../support/tiny-vision-model.js';

/** Several models share the processor, with whatever else runs on the machine. */
const TIMEOUT_MS = 300_000;
vi.setConfig({ testTimeout: TIMEOUT_MS, hookTimeout: TIMEOUT_MS });

const folder = mkdtempSync(join(tmpdir(), 'fleet-needs-'));
const [seeing, divided] = [join(folder, 'owl'), join(folder, 'pair')];
/** More than one message of the server holds. */
const image = `data:image/png;base64,${noise(640, 640)}`;

const shown = {
  model: 'owl',
  messages: [{ role: 'user' as const, content: [{ type: 'image' as const, image }] }],
  temperature: 0,
  maxTokens: 8,
};
/** Long enough that it is not over when a process is frozen after its first token. */
const long = { model: 'pair', prompt: 'Once upon a time', temperature: 0, maxTokens: 100 };

let server: NatsServer;
/** A worker in this process: what its models say is what the others have to say. */
let plain: Engine;
let membership: FleetMembership;
const workers: Command[] = [];
let gateway: Engine;
const expected = { seen: '', divided: '' };

function startWorker(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const fleet = ['worker', '--fleet', server.url, '--name', name, '--log-format', 'json'];
  return new Command([...fleet, ...args], { OPENBLAS_NUM_THREADS: '1', ...env });
}

beforeAll(async () => {
  writeTinyVisionModel('qwen2_vl', seeing);
  await writeTinyModel(divided, setup);
  server = await NatsServer.start();
  const ranks = {
    MLX_SERVING__MODEL__PARALLEL__RANKS: '2',
    MLX_SERVING__MODEL__PARALLEL__BACKEND: 'ring',
    MLX_SERVING__JSON_RPC__HEARTBEAT_TIMEOUT_MS: '5000',
  };
  workers.push(
    startWorker('seeing', ['--model', seeing]),
    startWorker('ranked', ['--model', divided], ranks),
  );
  plain = createEngine();
  await learn();
  for (const worker of workers) await worker.line(/"msg":"ready"/);
  membership = joinFleet(plain, { servers: server.url, name: 'plain' });
  gateway = createEngine({ fleet: { servers: server.url, waitForWorkerMs: 60_000 } });
  for (const id of ['owl', 'pair']) await gateway.loadModel(id);
});

/** What is expected, of models that nobody else has a part in; then it keeps one that is blind. */
async function learn(): Promise<void> {
  await plain.loadVisionModel(seeing);
  expected.seen = await plain.generate(shown);
  await plain.unloadModel('owl');
  await plain.loadModel(divided);
  expected.divided = await plain.generate(long);
  await plain.unloadModel('pair');
  await plain.loadModel({ model: { id: 'owl', path: seeing, modality: 'text' } });
}

afterAll(async () => {
  await gateway?.dispose();
  await membership?.leave();
  await plain?.dispose();
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  await server?.kill();
  rmSync(folder, { recursive: true });
});

const answeredByPlain = async (id: string) => (await plain.getBatchStats(id)).requests.finished;

test('images are answered where the model sees, in as many messages as it takes', async () => {
  const before = await answeredByPlain('owl');
  expect((await gateway.capabilities('owl')).vision).not.toBe(null);
  expect(await gateway.generate(shown)).toBe(expected.seen);
  expect(await gateway.generate(shown)).toBe(expected.seen);
  expect(await answeredByPlain('owl')).toBe(before);
});

test('a model over two processes of which one freezes is started anew, and its answer goes on', async () => {
  expect((await gateway.capabilities('pair')).ranks).toBe(2);
  let text = '';
  let frozen: number[] = [];
  const lost = await begin({ ...long, maxTokens: 400, seed: 1 });
  for await (const chunk of gateway.createGenerator(long, { resume: true })) {
    if (chunk.type === 'error') throw new Error(chunk.error.message);
    if (chunk.type === 'token') text += chunk.token;
    if (frozen.length === 0) {
      frozen = childrenOf(workers[1]?.process.pid ?? 0).flatMap(childrenOf);
      expect(frozen).not.toEqual([]);
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    }
  }
  expect(text).toBe(expected.divided);
  expect(await lost.error).toMatchObject({ code: 'SidecarCrashed' });
  await vi.waitFor(() => expect(frozen.filter(isAlive)).toEqual([]), 20_000);
  expect(await gateway.generate(long)).toBe(expected.divided);
});

/** A stream of which somebody has seen a token, and the error that it ends with. */
async function begin(params: typeof long & { seed: number }) {
  const chunks = gateway.createGenerator(params);
  await chunks.next();
  const rest = async () => {
    for await (const chunk of chunks) if (chunk.type === 'error') return chunk.error;
    return undefined;
  };
  return { error: rest() };
}
