import { OpenAIErrorSchema } from '@mlx/schemas';
import {
  LoadAdapterBodySchema,
  LoadModelBodySchema,
  OpenAIModelSchema,
  UnloadAdapterBodySchema,
  UnloadModelBodySchema,
} from '@mlx/schemas/endpoints';
import type { Operation } from './operation.js';

/** What brings models into memory and takes them out. */
export const modelOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/models/load',
    summary: 'Load a model, or start one again that was left down after crashes',
    request: LoadModelBodySchema,
    response: OpenAIModelSchema,
    error: OpenAIErrorSchema,
  },
  {
    method: 'post',
    path: '/v1/models/unload',
    summary: 'Take a model out of memory',
    request: UnloadModelBodySchema,
    response: OpenAIModelSchema.pick({ id: true, object: true, state: true }),
    error: OpenAIErrorSchema,
  },
  {
    method: 'post',
    path: '/v1/load_lora_adapter',
    summary: 'Load an adapter (LoRA) beside a model',
    request: LoadAdapterBodySchema,
    response: OpenAIModelSchema,
    error: OpenAIErrorSchema,
  },
  {
    method: 'post',
    path: '/v1/unload_lora_adapter',
    summary: 'Unload an adapter',
    request: UnloadAdapterBodySchema,
    response: OpenAIModelSchema.pick({ id: true, object: true, state: true }),
    error: OpenAIErrorSchema,
  },
];
