import { createHash } from 'node:crypto';
import type { KnownModelInfo, ModelCapabilities } from '@mlx/engine';
import type { OllamaDetails, OllamaModel } from '@mlx/schemas/ollama';

/** When nothing unloads a model; far enough for every client. */
const NEVER = '9999-12-31T23:59:59Z';

/** A served model as `GET /api/tags` lists it. */
export function describeModel(model: KnownModelInfo, servedSince: string): OllamaModel {
  const { id, handle } = model;
  const path = handle?.descriptor.path ?? '';
  return {
    name: id,
    model: id,
    modified_at: servedSince,
    size: countOf(model, 'weightBytes'),
    digest: createHash('sha256').update(`${id}\n${path}`).digest('hex'),
    details: detailsOf(model),
  };
}

/** The same of a loaded model, as `GET /api/ps` does. */
export function describeProcess(model: KnownModelInfo, servedSince: string): object {
  const { modified_at: _, ...described } = describeModel(model, servedSince);
  const { expiresAt, handle } = model;
  return {
    ...described,
    expires_at: expiresAt === undefined ? NEVER : new Date(expiresAt).toISOString(),
    size_vram: described.size,
    context_length: handle?.contextLength,
  };
}

/** All that `POST /api/show` tells; little of one that is not in memory. */
export function showModel(
  model: KnownModelInfo,
  known: ModelCapabilities | undefined,
  servedSince: string,
) {
  const family = familyOf(model);
  const parameterCount = countOf(model, 'parameterCount');
  return {
    modelfile: `FROM ${model.id}\n`,
    parameters: known ? parametersOf(known) : '',
    template: '',
    license: '',
    modified_at: servedSince,
    details: detailsOf(model),
    model_info: {
      'general.architecture': family,
      'general.basename': model.id,
      ...(parameterCount > 0 ? { 'general.parameter_count': parameterCount } : {}),
      ...(model.handle ? { [`${family}.context_length`]: model.handle.contextLength } : {}),
      ...(known?.embeddingSize === undefined
        ? {}
        : { [`${family}.embedding_length`]: known.embeddingSize }),
    },
    capabilities: known ? capabilitiesOf(known) : ['completion'],
  };
}

function capabilitiesOf(known: ModelCapabilities): string[] {
  return [
    ...(known.generation ? ['completion'] : []),
    ...(known.tools ? ['tools'] : []),
    ...(known.reasoning ? ['thinking'] : []),
    ...(known.embeddingSize === undefined ? [] : ['embedding']),
    ...(known.vision ? ['vision'] : []),
  ];
}

/** Sampling parameters in the lines of a Modelfile. */
function parametersOf({ samplingDefaults: advised }: ModelCapabilities): string {
  const named = {
    temperature: advised.temperature,
    top_p: advised.topP,
    top_k: advised.topK,
    min_p: advised.minP,
    repeat_penalty: advised.repetitionPenalty,
  };
  return Object.entries(named)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join('\n');
}

function detailsOf(model: KnownModelInfo): OllamaDetails {
  const family = familyOf(model);
  const weights = model.handle?.metadata['weights'];
  return {
    parent_model: '',
    format: 'safetensors',
    family,
    families: [family],
    parameter_size: sizeOf(countOf(model, 'parameterCount')),
    quantization_level: typeof weights === 'string' ? weights : '',
  };
}

function familyOf({ handle }: KnownModelInfo): string {
  const architecture = handle?.metadata['architecture'];
  return handle?.descriptor.family ?? (typeof architecture === 'string' ? architecture : 'unknown');
}

/** `135M`, `7.2B`; empty where the count is not known. */
function sizeOf(parameterCount: number): string {
  if (parameterCount === 0) return '';
  if (parameterCount < 1e9) return `${Math.round(parameterCount / 1e6)}M`;
  return `${(parameterCount / 1e9).toFixed(1)}B`;
}

function countOf({ handle }: KnownModelInfo, name: string): number {
  const value = handle?.metadata[name];
  return typeof value === 'number' ? value : 0;
}
