import type { ModelCapabilities } from '@mlx/engine';
import type { OpenAIResponse, ResponseRequest, ResponseTool } from '@mlx/schemas/responses';
import * as z from 'zod';
import { isStored } from './background.js';

/** What a request sent only to find it again in the response. */
const EchoedSchema = z.object({
  max_tool_calls: z.int().nullish().catch(null),
  prompt_cache_key: z.string().nullish().catch(null),
  safety_identifier: z.string().nullish().catch(null),
});

export type Defaults = ModelCapabilities['samplingDefaults'];

/**
 * What a response says of its request: what was sent, and what applied where
 * nothing was.
 *
 * @param body the request as it was sent, with fields that have no effect
 */
export function echoOf(request: ResponseRequest, body: unknown, defaults: Defaults) {
  const echoed = EchoedSchema.catch({}).parse(body);
  return {
    model: request.model,
    instructions: request.instructions ?? null,
    previous_response_id: request.previous_response_id ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: echoed.max_tool_calls ?? null,
    temperature: request.temperature ?? defaults.temperature ?? 1,
    top_p: request.top_p ?? defaults.topP ?? 1,
    top_logprobs: request.top_logprobs ?? 0,
    presence_penalty: request.presence_penalty ?? 0,
    frequency_penalty: request.frequency_penalty ?? 0,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    tools: (request.tools ?? []).flatMap(toolEcho),
    tool_choice: request.tool_choice ?? 'auto',
    text: { format: formatEcho(request) },
    reasoning: {
      effort: request.reasoning?.effort ?? null,
      summary: request.reasoning?.summary ?? request.reasoning?.generate_summary ?? null,
    },
    truncation: request.truncation ?? 'disabled',
    metadata: request.metadata ?? {},
    store: isStored(request),
    background: request.background ?? false,
    service_tier: 'default',
    safety_identifier: echoed.safety_identifier ?? null,
    prompt_cache_key: echoed.prompt_cache_key ?? null,
    user: request.user ?? null,
  } satisfies Partial<OpenAIResponse>;
}

export type ResponseEcho = ReturnType<typeof echoOf>;

/** Tools that were left out are no tools of the response. */
function toolEcho(tool: ResponseTool): object[] {
  if (tool.type === 'function') {
    const { description = null, parameters = null, strict = false } = tool;
    return [{ ...tool, description, parameters, strict }];
  }
  return tool.type === 'custom' || tool.type === 'namespace' ? [tool] : [];
}

function formatEcho({ text }: ResponseRequest): object {
  const format = text?.format;
  if (format?.type !== 'json_schema') return format ?? { type: 'text' };
  const { description = null, strict = false } = format;
  return { ...format, description, strict };
}
