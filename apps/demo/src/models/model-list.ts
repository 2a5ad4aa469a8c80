import { z } from 'zod';
import { create } from 'zustand';
import { apiFetch, apiUrl } from '../server/api.js';
import { readServerError } from '../server/server-error.js';

const optionalNumber = z.number().nullish();

const ModelSchema = z
  .object({
    id: z.string(),
    context_length: z.number().optional(),
    /** Absent from servers that hold every model they list. */
    state: z.enum(['unloaded', 'loading', 'loaded', 'failed']).optional(),
    capabilities: z
      .object({
        chat: z.boolean().optional(),
        tools: z.boolean().optional(),
        structured_output: z.boolean().optional(),
        reasoning: z.boolean().optional(),
        reasoning_options: z.array(z.string()).optional(),
        /** Null: it reads text only. */
        vision: z.looseObject({}).nullish(),
        weights: z.string().optional(),
      })
      .optional(),
    limits: z.object({ max_tokens: z.number(), max_temperature: z.number() }).optional(),
    sampling_defaults: z
      .object({
        temperature: optionalNumber,
        top_p: optionalNumber,
        top_k: optionalNumber,
        min_p: optionalNumber,
        repetition_penalty: optionalNumber,
      })
      .optional(),
  })
  .transform(({ id, context_length, state, capabilities, limits, sampling_defaults }) => ({
    id,
    contextLength: context_length,
    state: state ?? 'loaded',
    capabilities,
    limits,
    defaults: sampling_defaults,
  }));
export type Model = z.infer<typeof ModelSchema>;

const ModelsSchema = z.object({ data: z.array(ModelSchema) });

export const useModels = create<{ readonly models: readonly Model[] }>(() => ({ models: [] }));

/** The model of that name; for an empty or unknown one the first that is loaded, or just the first. */
export function findModel(models: readonly Model[], id: string): Model | undefined {
  const loaded = models.find(({ state }) => state === 'loaded');
  return models.find((model) => model.id === id) ?? loaded ?? models[0];
}

/** Whether it is known to see no images. */
export function isBlind({ capabilities }: Model): boolean {
  return capabilities?.vision === null;
}

export function modelOf(id: string): Model | undefined {
  return findModel(useModels.getState().models, id);
}

export async function refreshModels(signal?: AbortSignal): Promise<void> {
  const response = await apiFetch(apiUrl('v1/models'), { signal: signal ?? null });
  if (!response.ok) throw await readServerError(response);
  const { data } = ModelsSchema.parse(await response.json());
  const { models } = useModels.getState();
  if (JSON.stringify(models) !== JSON.stringify(data)) useModels.setState({ models: data });
}

/** Brings a model up, or lets it go; throws what the server says against it. */
export async function switchModel(id: string, to: 'load' | 'unload'): Promise<void> {
  const response = await apiFetch(apiUrl(`v1/models/${to}`), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // The list of models tells how far a load is.
    body: JSON.stringify({ model: id, ...(to === 'load' ? { wait: false } : {}) }),
  });
  await refreshModels();
  if (!response.ok) throw await readServerError(response);
}

/** The last part of a name: owners repeat, and room is short. */
export function shortName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
