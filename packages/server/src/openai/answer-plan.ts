import type { ChatCompletionRequest, CompletionRequest, GeneratorParams } from '@mlx/schemas';
import type { AnswerPlan } from '../generation/serve-request.js';
import type { BodyReader } from '../fields/body-reader.js';
import type { ClientField } from '../http/client-field.js';
import { openAIWriter } from './openai-writer.js';
import type { ResponseFormat } from './response-format.js';

type Shared = 'model' | 'n' | 'user' | 'stream' | 'stream_options';

interface Differences {
  readonly prompts: readonly GeneratorParams[];
  readonly clientField: ClientField;
  readonly format: ResponseFormat;
  readonly reader: BodyReader;
}

/** The plan of a chat completion or of a completion. */
export function answerPlan(
  request: Pick<ChatCompletionRequest, Shared> | Pick<CompletionRequest, Shared>,
  { prompts, clientField, format, reader }: Differences,
): AnswerPlan {
  const answersPerPrompt = request.n ?? 1;
  // An answer in one piece tells its usage unasked.
  if (request.stream_options && !request.stream) reader.ignore('stream_options');
  return {
    model: request.model,
    prompts,
    answersPerPrompt,
    tenant: request.user ?? undefined,
    stream: request.stream ?? false,
    clientField,
    writer: openAIWriter({
      format,
      prompts: prompts.length,
      answersPerPrompt,
      includeUsage: request.stream_options?.include_usage ?? false,
    }),
  };
}
