import type { Attributes } from '@opentelemetry/api';
import type { GeneratorParams } from '@mlx/schemas';
import { genAi, operations, PROVIDER_NAME } from '@mlx/schemas/conventions';

/** What a request asks for, without what it says. */
export function requestAttributes(params: GeneratorParams): Attributes {
  return {
    ...modelAttributes(operationOf(params), params.model),
    [genAi.outputType]: outputType(params.structured),
    [genAi.requestMaxTokens]: params.maxTokens,
    [genAi.requestTemperature]: params.temperature,
    [genAi.requestTopP]: params.topP,
    [genAi.requestTopK]: params.topK,
    [genAi.requestSeed]: params.seed,
    [genAi.requestStopSequences]: params.stopSequences,
    [genAi.requestFrequencyPenalty]: params.frequencyPenalty,
    [genAi.requestPresencePenalty]: params.presencePenalty,
    [genAi.requestChoiceCount]: params.n === 1 ? undefined : params.n,
    [genAi.requestStream]: params.streaming ?? true,
  };
}

/** What every span about a model says. */
export function modelAttributes(operation: string, model: string): Attributes {
  return {
    [genAi.operationName]: operation,
    [genAi.providerName]: PROVIDER_NAME,
    [genAi.requestModel]: model,
  };
}

/** Patterns, grammars and choices hold a text to a form without making it JSON. */
function outputType(structured: GeneratorParams['structured']): 'text' | 'json' {
  return structured?.format === 'json' || structured?.format === 'yaml' ? 'json' : 'text';
}

export function operationOf({ messages }: Pick<GeneratorParams, 'messages'>): string {
  return messages === undefined ? operations.textCompletion : operations.chat;
}
