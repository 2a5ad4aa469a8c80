import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { JsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** A connection to an MCP server over HTTP; `onClose` is told when it ends. */
export async function createClient(
  url: URL,
  fetch: (url: string | URL, init?: RequestInit) => Promise<Response>,
  onClose: () => void,
): Promise<Client> {
  const client = new Client(
    { name: 'mlx-chat', version: '1' },
    // The page's policy forbids the code that the SDK's own validator would build.
    { jsonSchemaValidator: { getValidator: () => accept } },
  );
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client is no event target
  client.onclose = onClose;
  await client.connect(new StreamableHTTPClientTransport(url, { fetch }));
  return client;
}

/** What a tool returns is text for the model, whatever its schema says. */
const accept: JsonSchemaValidator<never> = (value) => ({
  valid: true,
  data: value as never,
  errorMessage: undefined,
});
