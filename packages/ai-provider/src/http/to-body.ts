import type { SharedV4Warning } from '@ai-sdk/provider';
import type {
  GenerationRequest,
  ImagePart,
  Message,
  Structured,
  TextPart,
  Tool,
} from '../language/generation-request.js';
import type { ServingOptions } from '../language/to-request.js';
import { unsupported } from '../language/warnings.js';
import { fieldNames, type Setting } from './field-names.js';
import { refuseOverHttp } from './refuse.js';

/** What has another form in a body, or none. */
type Other = Exclude<Setting, keyof typeof fieldNames>;

const others: { [Name in Other]: (value: NonNullable<GenerationRequest[Name]>) => object } = {
  tools: (tools) => ({ tools: tools.map(toTool) }),
  toolChoice: (choice) => ({
    tool_choice:
      typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } },
  }),
  reasoning: ({ effort, enabled, budgetTokens }) =>
    enabled === undefined && budgetTokens === undefined
      ? { reasoning_effort: effort }
      : { reasoning: { effort, enabled, max_tokens: budgetTokens } },
  structured: (structured) => ({ response_format: toResponseFormat(structured) }),
  prediction: (content) => ({ prediction: { type: 'content', content } }),
  ignoreEos: () => refuseOverHttp('ignoreEos'),
  queueTimeoutMs: () => ({}),
};

/** The body of a chat completion that is streamed; what concerns a process alone is put into `warnings`. */
export function toBody(
  request: GenerationRequest,
  { tenant, resume }: ServingOptions,
  warnings: SharedV4Warning[],
): object {
  const { model, messages, ...settings } = request;
  if (resume !== undefined) warnings.push(inProcessOnly('resume'));
  if (settings.queueTimeoutMs !== undefined) warnings.push(inProcessOnly('queueTimeoutMs'));
  return {
    model,
    messages: messages.map(toMessage),
    ...Object.assign({}, ...Object.entries(settings).map(toFields)),
    ...(tenant === undefined ? {} : { user: tenant }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function toFields([name, value]: [string, unknown]): object {
  if (value === undefined) return {};
  if (name in fieldNames) return { [fieldNames[name as keyof typeof fieldNames]]: value };
  return (others as Record<string, (value: unknown) => object>)[name]?.(value) ?? {};
}

function toMessage({ role, content, reasoning, toolCallId, toolCalls }: Message): object {
  return {
    role,
    content: Array.isArray(content) ? content.map(toPart) : content,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
    ...(toolCalls === undefined
      ? {}
      : {
          tool_calls: toolCalls.map(({ id, name, arguments: text }) => ({
            id,
            type: 'function',
            function: { name, arguments: text },
          })),
        }),
  };
}

function toPart(part: TextPart | ImagePart): object {
  if (part.type === 'text') return part;
  const { image: url, detail } = part;
  return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } };
}

const toTool = (definition: Tool) => ({ type: 'function', function: definition });

function toResponseFormat({ format, schema }: Structured): object {
  if (format !== 'json') return refuseOverHttp(`structured.format '${format}'`);
  return { type: 'json_schema', json_schema: { name: 'response', schema, strict: true } };
}

function inProcessOnly(name: string): SharedV4Warning {
  return unsupported(`providerOptions.mlx.${name}`, 'It has an effect in the same process only.');
}
