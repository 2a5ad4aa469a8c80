import { AnthropicContentBlockSchema, AnthropicResultBlockSchema } from '@mlx/schemas';
import { badRequest } from '../http/parse-body.js';
import type { IgnoreField } from './ignore-field.js';

type Kinds = ReadonlySet<unknown>;

const kindsOf = (union: {
  readonly options: readonly { readonly shape: { readonly type: { readonly value: string } } }[];
}): Kinds => new Set(union.options.map(({ shape }) => shape.type.value));

const messageKinds = kindsOf(AnthropicContentBlockSchema);
const resultKinds = kindsOf(AnthropicResultBlockSchema);
const systemKinds: Kinds = new Set(['text']);
const toolKinds: Kinds = new Set(['custom', null, undefined]);

/**
 * The body without blocks and tools of kinds that only the vendor's service
 * has, such as searches that it makes itself, each told to `ignore`.
 *
 * @throws HttpError 400 where a call of one of these tools is asked for
 */
export function withoutForeignParts(body: unknown, ignore: IgnoreField): unknown {
  if (!isRecord(body)) return body;
  const list = new Filter(ignore);
  refuseForeignChoice(body);
  return {
    ...body,
    ...replaced('system', list.known(body['system'], systemKinds, 'system')),
    ...replaced('tools', list.known(body['tools'], toolKinds, 'tools')),
    ...replaced('messages', list.messages(body['messages'])),
  };
}

function refuseForeignChoice({ tools, tool_choice: choice }: Record<string, unknown>): void {
  if (!Array.isArray(tools) || !isRecord(choice) || choice['type'] !== 'tool') return;
  const named = tools.filter(isRecord).find(({ name }) => name === choice['name']);
  if (named === undefined || toolKinds.has(named['type'])) return;
  const path = 'tool_choice.name';
  const message = `Invalid '${path}': This server has no tool of type '${String(named['type'])}'.`;
  throw badRequest(message, 'unsupported_parameter', path);
}

class Filter {
  readonly #ignore: IgnoreField;

  constructor(ignore: IgnoreField) {
    this.#ignore = ignore;
  }

  messages(messages: unknown): unknown {
    if (!Array.isArray(messages)) return messages;
    return messages.map((message: unknown, index) => {
      if (!isRecord(message)) return message;
      const content = this.#content(message['content'], `messages.${index}.content`);
      return { ...message, ...replaced('content', content) };
    });
  }

  /** The elements of a list whose `type` is one of these; anything that is no list as it is. */
  known(list: unknown, kinds: Kinds, path: string): unknown {
    if (!Array.isArray(list)) return list;
    return list.filter((element: unknown, index) => {
      const kind = isRecord(element) ? element['type'] : undefined;
      if (typeof kind !== 'string' || kinds.has(kind)) return true;
      this.#ignore(`${patternOf(path)}[].${kind}`, `${path}.${index}`);
      return false;
    });
  }

  #content(content: unknown, path: string): unknown {
    const blocks = this.known(content, messageKinds, path);
    if (!Array.isArray(blocks)) return blocks;
    return blocks.map((block: unknown, index) => {
      if (!isRecord(block) || block['type'] !== 'tool_result') return block;
      const results = this.known(block['content'], resultKinds, `${path}.${index}.content`);
      return { ...block, ...replaced('content', results) };
    });
  }
}

/** `messages.3.content` -> `messages[].content`. */
const patternOf = (path: string): string => path.replace(/\.\d+(?=\.|$)/g, '[]');

const replaced = (key: string, value: unknown): object =>
  value === undefined ? {} : { [key]: value };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
