import {
  GeneratorParamsSchema,
  LoadModelOptionsSchema,
  VisionModelOptionsSchema,
} from '@mlx/schemas';
import { toCamelKeys } from '@mlx/schemas/conventions';
import { VisionGeneratorParamsSchema } from '@mlx/schemas/vision';
import * as z from 'zod';
import type { Engine } from './engine.js';
import { LoadCallOptionsSchema } from './calls/load-model.js';
import { CallOptionsSchema, GenerateOptionsSchema } from './support/call-options.js';
import { CountTokensRequestSchema } from './calls/tokenize.js';

const ChatInputSchema = z.union([
  GeneratorParamsSchema.shape.messages.unwrap(),
  GeneratorParamsSchema,
]);
const Id = z.string();

/** What each method of the older API is called now, and the schemas that know its options' names. */
const aliases = {
  load_model: ['loadModel', LoadModelOptionsSchema, LoadCallOptionsSchema],
  load_vision_model: ['loadVisionModel', VisionModelOptionsSchema, LoadCallOptionsSchema],
  unload_model: ['unloadModel', Id],
  load_draft_model: ['loadDraftModel', LoadModelOptionsSchema, LoadCallOptionsSchema],
  unload_draft_model: ['unloadDraftModel', Id],
  is_draft_model_compatible: ['isDraftModelCompatible', Id, Id, CallOptionsSchema],
  create_generator: ['createGenerator', GeneratorParamsSchema, GenerateOptionsSchema],
  create_vision_generator: [
    'createVisionGenerator',
    VisionGeneratorParamsSchema,
    GenerateOptionsSchema,
  ],
  chat_stream: ['chatStream', ChatInputSchema, GenerateOptionsSchema],
  count_tokens: ['countTokens', CountTokensRequestSchema, CallOptionsSchema],
  list_models: ['listModels'],
  get_model_info: ['getModelInfo', Id],
  get_runtime_info: ['getRuntimeInfo'],
  health_check: ['healthCheck'],
  warmup_model: ['warmupModel', Id, CallOptionsSchema],
  get_batch_stats: ['getBatchStats', Id, CallOptionsSchema],
  get_cache_stats: ['getCacheStats', Id, CallOptionsSchema],
  reset_batch_stats: ['resetBatchStats', Id, CallOptionsSchema],
  flush_batches: ['flushBatches'],
} as const satisfies Record<string, readonly [keyof Engine, ...z.ZodType[]]>;

type Aliases = typeof aliases;
type Argument = string | object | undefined;

/** @deprecated The older names. Options may be written in snake_case; otherwise the same. */
export type SnakeCaseEngine = {
  readonly [Name in keyof Aliases]: (
    ...callArguments: Argument[]
  ) => ReturnType<Engine[Aliases[Name][0]]>;
};

/** Gives an engine the older names beside its own. */
export function withSnakeCase<E extends Engine>(engine: E): E & SnakeCaseEngine {
  for (const [name, [method, ...schemas]] of Object.entries<
    readonly [keyof Engine, ...z.ZodType[]]
  >(aliases)) {
    const call = (given: Argument[]): unknown =>
      Reflect.apply(
        engine[method],
        engine,
        given.map((value, index) => rename(schemas[index], value)),
      );
    Object.defineProperty(engine, name, {
      value: streams.has(method) ? lazily(call) : promptly(call),
    });
  }
  return engine as E & SnakeCaseEngine;
}

const streams: ReadonlySet<keyof Engine> = new Set([
  'createGenerator',
  'createVisionGenerator',
  'chatStream',
]);

const rename = (schema: z.ZodType | undefined, value: Argument) =>
  schema === undefined ? value : toCamelKeys(schema, value);

type Call = (given: Argument[]) => unknown;

const promptly =
  (call: Call) =>
  async (...given: Argument[]) =>
    call(given);

const lazily = (call: Call) =>
  async function* stream(...given: Argument[]) {
    yield* call(given) as AsyncGenerator<unknown, void, void>;
  };
