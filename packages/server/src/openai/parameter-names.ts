import type { ChatCompletionRequest, CompletionRequest, GeneratorParameter } from '@mlx/schemas';
import { httpParameters } from '@mlx/schemas/conventions';
import { parameterPath, type ParameterNames } from '../http/parameter-path.js';

type HttpName = keyof ChatCompletionRequest | keyof CompletionRequest;

/** What a body says in a form of its own, so that it is not copied; null: it has no name for it. */
const translated = {
  model: 'model',
  prompt: 'prompt',
  messages: 'messages',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelToolCalls: 'parallel_tool_calls',
  reasoning: 'reasoning',
  logprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  structured: 'response_format',
  prediction: 'prediction',
  templateOptions: 'chat_template_kwargs',
  continueFinalMessage: null,
  streaming: 'stream',
  multimodal: null,
  ignoreEos: null,
  queueTimeoutMs: null,
  addSpecialTokens: null,
} as const satisfies Record<
  Exclude<GeneratorParameter, (typeof httpParameters)[keyof typeof httpParameters]>,
  HttpName | null
>;

const copied = Object.fromEntries(
  Object.entries(httpParameters).map(([http, parameter]) => [parameter ?? http, http]),
);

const names: ParameterNames = { ...copied, ...translated };

/** Fields whose place differs too. */
const paths: Readonly<Record<string, string>> = {
  'reasoning.effort': 'reasoning_effort',
  'reasoning.budgetTokens': 'reasoning.max_tokens',
  'prompt.tokens': 'prompt',
  'toolChoice.name': 'tool_choice.function.name',
};

/** Functions and calls lie one object deeper here, and have names in another style. */
function insideObjects(path: string): string {
  return path
    .replace(/^(tools\.\d+)\.(?!function\b|type\b)/, '$1.function.')
    .replace(/^(messages\.\d+)\.toolCallId/, '$1.tool_call_id')
    .replace(/^(messages\.\d+)\.toolCalls/, '$1.tool_calls');
}

/** The name in OpenAI's bodies of a field as the engine names it; deeper fields keep their path. */
export function openAIParameter(field: string): string {
  return paths[field] ?? insideObjects(parameterPath(names, field));
}
