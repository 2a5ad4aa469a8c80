#!/usr/bin/env bash
# behaviour: the MCP SDK for TypeScript tells clients that a tool takes nothing when its input is a union, a
# discriminated union, an intersection or a record of zod: tools/list says an object without properties.
# It still checks each call by the real schema, so a model has to guess what is refused when it
# guesses wrong. Neither registering nor listing says a word.
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
const city = z.object({ city: z.string() });
const place = z.object({ latitude: z.number(), longitude: z.number() });
const inputs = {
  object: city,
  union: z.union([city, place]),
  discriminated: z.discriminatedUnion('kind', [
    city.extend({ kind: z.literal('city') }),
    place.extend({ kind: z.literal('place') }),
  ]),
  intersection: z.intersection(city, z.object({ days: z.number() })),
  record: z.record(z.string(), z.number()),
};
const server = new McpServer({ name: 'server', version: '1' });
for (const [name, inputSchema] of Object.entries(inputs))
  server.registerTool(name, { inputSchema }, () => ({ content: [{ type: 'text', text: 'done' }] }));
const client = new Client({ name: 'client', version: '1' });
const ends = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(ends[0]), client.connect(ends[1])]);

const told = {};
for (const { name, inputSchema } of (await client.listTools()).tools) {
  told[name] = JSON.stringify(inputSchema.properties);
  const { isError = false } = await client.callTool({ name, arguments: { city: 1 } });
  console.log(`${name}: told properties ${told[name]}, {"city": 1} is ${isError ? 'refused' : 'taken'}`);
  if (isError !== (name !== 'record')) process.exit(1);
}
const { object, ...others } = told;
process.exit(object !== '{}' && Object.values(others).every((properties) => properties === '{}') ? 0 : 1);
JAVASCRIPT
node seen.mjs
