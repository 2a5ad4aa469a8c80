import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { apiFetch, apiUrl } from '../server/api.js';
import { NO_TOOLS, type ToolBox } from './tool-box.js';

/** What function names may be made of, in every template. */
const NOT_IN_NAMES = /[^a-zA-Z0-9_-]/g;
const NAME_LENGTH = 64;
/** Of a list of tools: more than any server has, so that none goes on for ever. */
const MAX_PAGES = 100;

interface KnownTool {
  readonly server: string;
  readonly client: Client;
  /** As its server calls it. */
  readonly tool: string;
  readonly definition: object;
}

const clients = new Map<string, Promise<Client>>();

/** The tools of these servers of the Model Context Protocol. */
export async function openToolBox(servers: readonly string[]): Promise<ToolBox> {
  if (servers.length === 0) return NO_TOOLS;
  const tools = new Map<string, KnownTool>();
  for (const found of (await Promise.all(servers.map(listTools))).flat()) {
    tools.set(uniqueName(found, tools), found);
  }
  return {
    definitions: [...tools].map(([name, { definition }]) => ({
      type: 'function',
      function: { ...definition, name },
    })),
    serverOf: (name) => tools.get(name)?.server ?? '',
    call: (name, text, signal) => callTool(tools.get(name), name, text, signal),
  };
}

async function listTools(server: string): Promise<KnownTool[]> {
  const client = await connect(server);
  const found: KnownTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { tools, nextCursor } = await client.listTools(cursor === undefined ? {} : { cursor });
    for (const { name, description, inputSchema } of tools) {
      const definition = { description, parameters: inputSchema };
      found.push({ server, client, tool: name, definition });
    }
    if (nextCursor === undefined) break;
    cursor = nextCursor;
  }
  return found;
}

/** One connection per server; one that failed or ended is made anew when it is needed. */
function connect(server: string): Promise<Client> {
  const known = clients.get(server);
  if (known) return known;
  const connecting = openClient(server);
  clients.set(server, connecting);
  connecting.catch(() => clients.delete(server));
  return connecting;
}

async function openClient(server: string): Promise<Client> {
  const { createClient } = await import('./mcp-client.js');
  return createClient(apiUrl(`v1/mcp/${encodeURIComponent(server)}`), apiFetch, () =>
    clients.delete(server),
  );
}

async function callTool(
  known: KnownTool | undefined,
  name: string,
  text: string,
  signal: AbortSignal,
): Promise<string> {
  if (!known) return NO_TOOLS.call(name, text, signal);
  const result = await known.client.callTool(
    { name: known.tool, arguments: readArguments(text) },
    undefined,
    { signal },
  );
  const said = textOf(result);
  if (result['isError'] === true) throw new Error(said);
  return said;
}

function readArguments(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text === '' ? '{}' : text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error('The arguments are not an object.');
}

interface ResultPart {
  readonly type?: string;
  readonly text?: string;
  readonly uri?: string;
  readonly resource?: { readonly text?: string; readonly uri?: string };
}

/** Texts as they are, embedded ones too; what a text model cannot read is named. */
function textOf(result: object): string {
  const content: unknown = Reflect.get(result, 'content');
  const structured: unknown = Reflect.get(result, 'structuredContent');
  if (!Array.isArray(content)) return JSON.stringify(result);
  if (content.length === 0 && structured !== undefined) return JSON.stringify(structured);
  return content.map(partText).join('\n');
}

function partText({ type = 'content', text, uri, resource }: ResultPart): string {
  const address = uri ?? resource?.uri;
  const name = address === undefined ? type : `${type}: ${address}`;
  return text ?? resource?.text ?? `[${name}]`;
}

function uniqueName({ server, tool }: KnownTool, taken: ReadonlyMap<string, unknown>): string {
  const plain = tool.replace(NOT_IN_NAMES, '_').slice(0, NAME_LENGTH);
  if (!taken.has(plain)) return plain;
  const base = `${server}_${tool}`.replace(NOT_IN_NAMES, '_').slice(0, NAME_LENGTH - 3);
  let name = base;
  for (let count = 2; taken.has(name); count += 1) name = `${base}_${count}`;
  return name;
}
