#!/usr/bin/env bash
# behaviour: whether a client of the MCP SDK for TypeScript takes a tool's result depends on whether it has
# asked for the list of tools before. The server checks a structured result with zod, which leaves
# further keys out and fills in defaults, but sends what the tool returned; to clients it describes
# what zod makes of it. So a result with one more key, or without a default, passes until the client
# calls listTools(), and from then on the same call throws.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @modelcontextprotocol/sdk@1.32.2 zod@4.6.7
cat >seen.mjs <<'JAVASCRIPT'
import { createRequire } from 'node:module';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const { version } = createRequire(import.meta.url)('zod/package.json');
console.log('node', process.versions.node, '@modelcontextprotocol/sdk 1.32.2, zod', version);
const server = new McpServer({ name: 'server', version: '1' });
const tool = (name, outputSchema, structuredContent) =>
  server.registerTool(name, { outputSchema }, () => ({ content: [], structuredContent }));
tool('exact', { degrees: z.number() }, { degrees: 21 });
tool('one_key_more', { degrees: z.number() }, { degrees: 21, station: 7 });
tool('default_left_out', { unit: z.string().default('C') }, {});
const client = new Client({ name: 'client', version: '1' });
const ends = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(ends[0]), client.connect(ends[1])]);

async function call(name) {
  try {
    return `gives ${JSON.stringify((await client.callTool({ name })).structuredContent)}`;
  } catch (error) {
    return `throws ${error.message}`;
  }
}
const names = ['exact', 'one_key_more', 'default_left_out'];
const before = [];
for (const name of names) before.push(await call(name));
await client.listTools();
const after = [];
for (const name of names) after.push(await call(name));
names.forEach((name, index) => console.log(`${name}: ${before[index]}; after listTools: ${after[index]}`));
const threw = (calls) => calls.map((outcome) => outcome.startsWith('throws')).join();
process.exit(threw(before) === 'false,false,false' && threw(after) === 'false,true,true' ? 0 : 1);
JAVASCRIPT
node seen.mjs
