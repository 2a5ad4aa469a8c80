#!/usr/bin/env bash
# behaviour: "Retry-After: 120" makes some clients ask again at once. openai for Node and the Vercel AI SDK
# heed the header only up to a minute; beyond, they fall back to their own pauses of a second or so, spend all
# attempts on a server that said it is busy, and fail. openai for Python and Anthropic for Node wait the two
# minutes. A server that has to be left alone for longer does better to say 60.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'openai==3.57.0'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit openai@7.59.0 @anthropic-ai/sdk@1.14.0 \
  ai@7.0.173 @ai-sdk/openai-compatible@3.0.92
cat >ask.py <<'PYTHON'
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="none")
client.chat.completions.create(model="m", messages=[])
PYTHON
cat >seen.mjs <<'JAVASCRIPT'
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { generateText } from 'ai';
import OpenAI from 'openai';

const asked = {};
const children = [];
const server = createServer((request, response) => {
  const [, client, after] = request.url.split('/');
  asked[client][after] += 1;
  response.writeHead(429, { 'retry-after': after, 'content-type': 'application/json' });
  response.end('{"error":{"message":"Busy.","type":"rate_limit_error"}}');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const rest = { model: 'm', messages: [] };
const apiKey = 'none';
const clients = {
  'openai-node': (baseURL) => new OpenAI({ baseURL, apiKey }).chat.completions.create(rest),
  'ai-sdk': (baseURL) =>
    generateText({ model: createOpenAICompatible({ name: 'x', baseURL })('m'), prompt: 'Hi' }),
  'anthropic-node': (baseURL) =>
    new Anthropic({ baseURL, apiKey }).messages.create({ ...rest, max_tokens: 1 }),
  'openai-python': async (url) =>
    children.push(spawn('venv/bin/python', ['ask.py', url], { stdio: 'ignore' })),
};
for (const [name, ask] of Object.entries(clients)) {
  asked[name] = { 1: 0, 120: 0 };
  for (const after of [1, 120]) {
    ask(`http://127.0.0.1:${server.address().port}/${name}/${after}`).catch(() => undefined);
  }
}
await sleep(15_000);
for (const child of children) child.kill();
for (const [name, times] of Object.entries(asked)) {
  console.log(`  ${name}, asked within 15 s: ${times[1]} times for 1, ${times[120]} times for 120`);
}
const expected = { 'openai-node': 3, 'ai-sdk': 3, 'anthropic-node': 1, 'openai-python': 1 };
const same = Object.entries(asked).every(
  ([name, times]) => times[1] === 3 && times[120] === expected[name],
);
process.exit(same ? 0 : 1);
JAVASCRIPT
npm ls --depth=0 | tail -n +2
venv/bin/python -c 'import openai; print("openai for Python", openai.__version__)'
node seen.mjs
