import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PerformanceConfigSchema } from '@mlx/schemas/config';
import { detectBackend, type Backend } from '../backend.js';
import { setupContext, type SetupOptions } from '../context.js';
import { modelMemory } from '../memory-budget.js';
import { findKept } from '../store/find-kept.js';
import { keptModels } from '../store/kept-models.js';
import { readProvenance, type Provenance } from '../store/provenance.js';
import { modelError } from '../errors.js';
import { keptName } from './list-models.js';
import { cacheBytes, heldWeights, numberBytes, type HeldWeights } from './memory-need.js';
import { outlineModel, type ModelOutline } from './model-outline.js';
import { meantHint, readModelReference } from './meant-model.js';

/** A model that is on disk, as lists tell it. */
export interface ListedModel extends Partial<ModelOutline> {
  readonly id: string;
  readonly directory: string;
  readonly bytes: number;
  /** Milliseconds since the Unix epoch. */
  readonly fetchedAt: number;
  readonly lastUsedAt: number;
  readonly uses: number;
  readonly provenance: Provenance | undefined;
  /** Such as `chat` or `embedding`; absent where the files cannot be read. */
  readonly capabilities?: readonly string[];
}

/** All that the files of one model tell. */
export interface InspectedModel extends ModelOutline {
  readonly id: string;
  readonly directory: string;
  readonly backend: Backend;
  /** Bytes of memory that its weights take once it is loaded here. */
  readonly memoryBytes: number;
  /** Bits of each of them then. */
  readonly memoryBits: number;
  /** Bytes of the key-value cache for a thousand tokens. */
  readonly cacheBytesPerThousandTokens: number;
  /** Jinja; undefined: the model does not chat. */
  readonly template: string | undefined;
  readonly capabilities: readonly string[];
  /** What its makers advise. */
  readonly samplingDefaults: Readonly<Record<string, unknown>>;
  readonly provenance: Provenance | undefined;
}

/** The models that are kept on this machine, by id. */
export async function listKeptModels(options: SetupOptions = {}): Promise<ListedModel[]> {
  const models = await keptModels(setupContext(options));
  return Promise.all(
    models.map(async (model) => ({
      id: keptName(model),
      directory: model.directory,
      bytes: model.bytes,
      // File systems tell them more finely.
      fetchedAt: Math.floor(model.fetchedAt),
      lastUsedAt: Math.floor(model.lastUsedAt),
      uses: model.useCount,
      provenance: await readProvenance(model.directory),
      ...(await outlineAndCapabilities(model.directory).catch(() => ({}))),
    })),
  );
}

async function outlineAndCapabilities(directory: string) {
  const outline = await outlineModel(directory);
  return { ...outline, capabilities: capabilitiesOf(outline, await readTemplate(directory)) };
}

/** Throws ModelLoadError where no such model is on this machine. */
export async function inspectModel(
  name: string,
  options: SetupOptions = {},
): Promise<InspectedModel> {
  const context = setupContext(options);
  const directory = directoryOf(name, context);
  const outline = await outlineModel(directory).catch((cause: unknown) => {
    throw modelError('model-incomplete', `There is no readable model in ${directory}`, cause);
  });
  const backend = detectBackend(context.variables);
  const memoryBytes = modelMemory(context.variables);
  const { prompt_cache_bytes: promptCacheBytes } = PerformanceConfigSchema.parse({});
  const terms = { backend, memoryBytes, promptCacheBytes };
  const held = heldWeights(outline, terms);
  const template = await readTemplate(directory);
  return {
    id: name,
    directory,
    ...outline,
    backend,
    memoryBytes: held.bytes,
    memoryBits: bitsOf(held, outline, backend),
    cacheBytesPerThousandTokens: cacheBytes(outline, terms, 1000),
    template,
    capabilities: capabilitiesOf(outline, template),
    samplingDefaults: await readSampling(directory),
    provenance: await readProvenance(directory),
  };
}

function bitsOf(
  { form, bytes }: HeldWeights,
  { bits, parameterCount }: ModelOutline,
  backend: Backend,
): number {
  if (form === 'dense') return 8 * numberBytes[backend];
  return bits ?? Math.round((8 * bytes) / parameterCount);
}

function directoryOf(name: string, context: ReturnType<typeof setupContext>): string {
  const kept = findKept(name, context);
  if (kept) return kept.directory;
  const reference = readModelReference(name, context);
  if (reference.kind === 'directory') return reference.path;
  throw modelError(
    'model-not-found',
    `${name} is not here.${meantHint(name, context)} Fetch it: mlx-serve pull ${name}`,
  );
}

function capabilitiesOf({ encoder }: ModelOutline, template: string | undefined): string[] {
  if (encoder !== undefined) return [encoder];
  if (template === undefined) return ['completion'];
  return [
    'completion',
    'chat',
    // Where the template has no place for tools, they are described in ours.
    /\btools\b/.test(template) ? 'tools' : 'tools (generic)',
    ...(/<think>|reasoning_content|enable_thinking/.test(template) ? ['thinking'] : []),
  ];
}

async function readTemplate(directory: string): Promise<string | undefined> {
  const file = join(directory, 'chat_template.jinja');
  if (existsSync(file)) return readFile(file, 'utf8');
  const { chat_template: template } = await readObject(directory, 'tokenizer_config.json');
  return typeof template === 'string' ? template : undefined;
}

async function readSampling(directory: string): Promise<Record<string, unknown>> {
  const config = await readObject(directory, 'generation_config.json');
  const names = ['temperature', 'top_p', 'top_k', 'min_p', 'repetition_penalty'];
  return Object.fromEntries(
    names.flatMap((name) => (name in config ? [[name, config[name]]] : [])),
  );
}

async function readObject(directory: string, name: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, name), 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
