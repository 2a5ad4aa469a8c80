import { createHash } from 'node:crypto';
import type { ModelCapabilities } from '@mlx/engine';
import type { ModelHandle } from '@mlx/schemas';
import type { OllamaDetails, OllamaModel } from '@mlx/schemas/ollama';

/** When nothing unloads a model; far enough for every client. */
const NEVER = '9999-12-31T23:59:59Z';

/** A served model as `GET /api/tags` lists it. */
export function describeModel(handle: ModelHandle, servedSince: string): OllamaModel {
  const { id, path } = handle.descriptor;
  return {
    name: id,
    model: id,
    modified_at: servedSince,
    size: countOf(handle, 'weightBytes'),
    digest: createHash('sha256').update(`${id}\n${path}`).digest('hex'),
    details: detailsOf(handle),
  };
}

/** The same of a loaded model, as `GET /api/ps` does. */
export function describeProcess(handle: ModelHandle, servedSince: string): object {
  const { modified_at: _, ...model } = describeModel(handle, servedSince);
  return {
    ...model,
    expires_at: NEVER,
    size_vram: model.size,
    context_length: handle.contextLength,
  };
}

/** All that `POST /api/show` tells. */
export function showModel(handle: ModelHandle, known: ModelCapabilities, servedSince: string) {
  const family = familyOf(handle);
  const parameterCount = countOf(handle, 'parameterCount');
  return {
    modelfile: `FROM ${handle.descriptor.id}\n`,
    parameters: parametersOf(known),
    template: '',
    license: '',
    modified_at: servedSince,
    details: detailsOf(handle),
    model_info: {
      'general.architecture': family,
      'general.basename': handle.descriptor.id,
      ...(parameterCount > 0 ? { 'general.parameter_count': parameterCount } : {}),
      [`${family}.context_length`]: handle.contextLength,
      ...(known.embeddingSize === undefined
        ? {}
        : { [`${family}.embedding_length`]: known.embeddingSize }),
    },
    capabilities: capabilitiesOf(known),
  };
}

function capabilitiesOf(known: ModelCapabilities): string[] {
  return [
    'completion',
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

function detailsOf(handle: ModelHandle): OllamaDetails {
  const family = familyOf(handle);
  const { weights } = handle.metadata;
  return {
    parent_model: '',
    format: 'safetensors',
    family,
    families: [family],
    parameter_size: sizeOf(countOf(handle, 'parameterCount')),
    quantization_level: typeof weights === 'string' ? weights : '',
  };
}

function familyOf({ descriptor, metadata }: ModelHandle): string {
  const { architecture } = metadata;
  return descriptor.family ?? (typeof architecture === 'string' ? architecture : 'unknown');
}

/** `135M`, `7.2B`; empty where the count is not known. */
function sizeOf(parameterCount: number): string {
  if (parameterCount === 0) return '';
  if (parameterCount < 1e9) return `${Math.round(parameterCount / 1e6)}M`;
  return `${(parameterCount / 1e9).toFixed(1)}B`;
}

function countOf({ metadata }: ModelHandle, name: string): number {
  const value = metadata[name];
  return typeof value === 'number' ? value : 0;
}
