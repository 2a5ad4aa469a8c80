import { Hono } from 'hono';
import { HttpError } from '../http/http-error.js';
import { forwardToMcp } from '../mcp/forward.js';

/**
 * Tools of MCP servers for the chat page, under names that whoever started
 * this server chose: a page reaches no other address.
 */
export function mcpRoutes(servers: Readonly<Record<string, string>>): Hono {
  const app = new Hono();
  app.get('/v1/mcp', (context) =>
    context.json({ data: Object.keys(servers).map((name) => ({ name })) }),
  );
  app.all('/v1/mcp/:name', (context) => {
    const name = context.req.param('name');
    const url = Object.hasOwn(servers, name) ? servers[name] : undefined;
    if (url !== undefined) return forwardToMcp(context.req.raw, url);
    throw new HttpError(
      `There is no MCP server named ${name}. Start the server with --mcp ${name}=<url> if it should be there.`,
      { status: 404, code: 'mcp_server_not_found' },
    );
  });
  return app;
}
