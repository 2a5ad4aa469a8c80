import { OllamaChatRequestSchema, OllamaGenerateRequestSchema } from '@mlx/schemas/ollama';
import type { GeneratorParams } from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import type { CallPlan, AnswerPlan } from '../generation/serve-request.js';
import { chatForm, generateForm, type AnswerForm } from './answer-form.js';
import { ollamaField } from './field-names.js';
import { modelOf } from './model-name.js';
import { ollamaChatFields, ollamaGenerateFields } from './ollama-fields.js';
import { OllamaWriter } from './ollama-writer.js';
import { toChatParams, toGenerateParams } from './to-params.js';

/** The body of `POST /api/chat`. */
export function planChat(body: unknown, reader: BodyReader): AnswerPlan | CallPlan {
  const request = reader.parse(OllamaChatRequestSchema, ollamaChatFields, body);
  if (!request.messages?.length) return loaded(request.model, chatForm);
  return plan(request, toChatParams(request, reader), chatForm);
}

/** The body of `POST /api/generate`. */
export function planGenerate(body: unknown, reader: BodyReader): AnswerPlan | CallPlan {
  const request = reader.parse(OllamaGenerateRequestSchema, ollamaGenerateFields, body);
  if (!request.prompt) return loaded(request.model, generateForm);
  return plan(request, toGenerateParams(request, reader), generateForm);
}

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

/** A request without a prompt asks for the model to be loaded, which it is. */
function loaded(model: string, form: AnswerForm): CallPlan {
  return {
    model: modelOf(model),
    body: async () => ({
      model,
      created_at: new Date().toISOString(),
      ...form({}),
      done: true,
      done_reason: 'load',
    }),
  };
}
