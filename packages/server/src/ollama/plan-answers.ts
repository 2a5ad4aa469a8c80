import { OllamaChatRequestSchema, OllamaGenerateRequestSchema } from '@mlx/schemas/ollama';
import type { GeneratorParams } from '@mlx/schemas';
import type { AnswerPlan, CallPlan, PlanRequest, UnloadPlan } from '../generation/serve-request.js';
import { chatForm, generateForm, type AnswerForm } from './answer-form.js';
import { ollamaField } from './field-names.js';
import { modelOf } from '../models/model-name.js';
import { ollamaChatFields, ollamaGenerateFields } from './ollama-fields.js';
import { OllamaWriter } from './ollama-writer.js';
import { toChatParams, toGenerateParams } from './to-params.js';

/** The body of `POST /api/chat`. */
export const planChat: PlanRequest = (body, reader, keepAliveMs) => {
  const request = reader.parse(OllamaChatRequestSchema, ollamaChatFields, body);
  if (!request.messages?.length) return withoutPrompt(request.model, chatForm, keepAliveMs);
  return plan(request, toChatParams(request, reader), chatForm);
};

/** The body of `POST /api/generate`. */
export const planGenerate: PlanRequest = (body, reader, keepAliveMs) => {
  const request = reader.parse(OllamaGenerateRequestSchema, ollamaGenerateFields, body);
  if (!request.prompt) return withoutPrompt(request.model, generateForm, keepAliveMs);
  return plan(request, toGenerateParams(request, reader), generateForm);
};

interface Asked {
  readonly model: string;
  readonly stream?: boolean | null | undefined;
  readonly logprobs?: boolean | null | undefined;
}

function plan(request: Asked, prompt: GeneratorParams, form: AnswerForm): AnswerPlan {
  const { model, stream, logprobs } = request;
  return {
    model: modelOf(model),
    prompts: [prompt],
    answersPerPrompt: 1,
    tenant: undefined,
    stream: stream ?? true,
    clientField: ollamaField,
    writer: new OllamaWriter({ model, form, logprobs: logprobs ?? false }),
  };
}

/** A request without a prompt asks for the model to be loaded, or to leave where it is to be kept for no time. */
function withoutPrompt(
  model: string,
  form: AnswerForm,
  keepAliveMs: number | undefined,
): CallPlan | UnloadPlan {
  const answer = (done_reason: string) => ({
    model,
    created_at: new Date().toISOString(),
    ...form({}),
    done: true,
    done_reason,
  });
  if (keepAliveMs === 0) return { unload: modelOf(model), answer: () => answer('unload') };
  return { model: modelOf(model), anyAdapter: true, body: async () => answer('load') };
}
