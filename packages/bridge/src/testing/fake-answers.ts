import { setTimeout as delay } from 'node:timers/promises';
import type { WireMethod, WireResult, wireRequests } from '@mlx/schemas/wire';
import type { z } from 'zod';
import { noStats } from '../protocol/no-stats.js';
import { FAKE_VOCABULARY, textOf, tokenizePrompt } from './fake-model.js';
import { checkDraft, loadDraft } from './fake-drafts.js';
import { embed, FAKE_EMBEDDING_SIZE, rerank, score } from './fake-pooling.js';
import { FakeRow } from './fake-rows.js';
import type { FakeLink, Reply } from './fake-link.js';

type Params<M extends WireMethod> = z.output<(typeof wireRequests)[M]['params']>;

const GIB = 1024 ** 3;

/** What a good sidecar answers. `params` were validated against the method's schema. */
export async function answer(
  server: FakeLink,
  method: WireMethod,
  params: unknown,
): Promise<Reply> {
  switch (method) {
    case 'initialize':
      return initialize(server, params as Params<'initialize'>);
    case 'load':
      return load(server, params as Params<'load'>);
    case 'checkDraft':
      return checkDraft(params as Params<'checkDraft'>);
    case 'loadDraft':
      return loadDraft(params as Params<'loadDraft'>);
    case 'loadAdapter':
      return { result: { rank: 8, memoryBytes: 1024 } };
    case 'unloadDraft':
    case 'unloadAdapter':
      return { result: {} };
    case 'generate':
      return generate(server, params as Params<'generate'>);
    case 'tokenize': {
      const tokens = tokenizePrompt((params as Params<'tokenize'>).prompt);
      return { result: { tokens, tokenStrings: tokens.map(textOf) } };
    }
    case 'detokenize':
      return { result: { text: (params as Params<'detokenize'>).tokens.map(textOf).join('') } };
    case 'embed':
      return embed(params as Params<'embed'>);
    case 'score':
      return score(params as Params<'score'>);
    case 'rerank':
      return rerank(params as Params<'rerank'>);
    case 'stats':
      return { result: stats(server) };
    case 'shutdown':
      return server.script.ignoreShutdown === true ? 'none' : { result: {} };
    default:
      return method satisfies never;
  }
}

function initialize(server: FakeLink, params: Params<'initialize'>): Reply {
  server.startHeartbeats(params.heartbeatIntervalMs);
  const result: WireResult<'initialize'> = {
    protocolVersion: server.protocolVersion,
    runtimeVersion: 'fake',
    pid: process.pid,
    pythonVersion: '0.0.0',
    mlxVersion: '0.0.0',
    mlxLmVersion: '0.0.0',
    device: { kind: 'cpu', name: 'fake', memoryBytes: GIB },
  };
  return { result };
}

async function load(server: FakeLink, params: Params<'load'>): Promise<Reply> {
  const { steps = 1, stepMs = 0 } = server.script.load ?? {};
  for (let done = 1; done <= steps; done += 1) {
    if (stepMs > 0) await delay(stepMs);
    server.notify('progress', { phase: 'load', done, total: steps, unit: 'steps' });
  }
  const result: WireResult<'load'> = {
    modelId: params.modelId,
    architecture: 'fake',
    contextLength: 1_000_000,
    vocabSize: FAKE_VOCABULARY,
    parameterCount: 1,
    eosTokenIds: [0],
    weightBytes: 4,
    loadMs: steps * stepMs,
    traits: 'those of a fake',
    capabilities: {
      generation: true,
      batching: true,
      chat: true,
      tools: true,
      grammars: true,
      toolFormat: 'generic',
      reasoning: true,
      reasoningOptions: ['budgetTokens'],
      embeddingSize: FAKE_EMBEDDING_SIZE,
      embeddingPrompts: [],
      reranking: 'answers',
      speculation: true,
      weights: 'float32',
      samplingDefaults: server.script.load?.samplingDefaults ?? {},
      blindness: server.script.load?.blindness,
    },
  };
  return { result };
}

function generate({ generator, script }: FakeLink, params: Params<'generate'>): Reply {
  if (generator.has(params.streamId)) {
    return { error: { code: -32602, message: 'in use', data: { type: 'duplicate_stream' } } };
  }
  if (generator.full) {
    return { error: { code: -32000, message: 'queue full', data: { type: 'queue_full' } } };
  }
  const row = new FakeRow(params, script.generation ?? {});
  generator.add(row);
  return { result: { promptTokens: row.promptTokens } };
}

function stats({ generator, startedAt }: FakeLink): WireResult<'stats'> {
  const rows = [...generator.rows.values()];
  const paused = rows.filter((row) => row.paused).length;
  const { admitted, finished, cancelled, steps } = generator.counts;
  return {
    ...noStats,
    uptimeMs: performance.now() - startedAt,
    requests: { admitted, finished, cancelled, failed: 0 },
    rows: {
      queued: generator.queued.length,
      prefilling: 0,
      decoding: rows.length - paused,
      paused,
    },
    tokens: { ...noStats.tokens, generated: generator.tokensSent },
    decodeSteps: steps,
    memory: { ...noStats.memory, residentBytes: process.memoryUsage.rss() },
  };
}
