#!/usr/bin/env bash
# behaviour: a streamed answer that a server ends early, with the connection closed in good order
# but no finish reason and no [DONE], is a whole answer to some clients and an error to others.
# openai's and Anthropic's iterators and LangChain end as after a complete answer; Ollama's client
# and the stream helpers of both SDKs throw; the AI SDK says finish reason "error". Whoever loops
# over the first three has to look for the finish reason to know half an answer from a whole one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit openai@7.59.0 @anthropic-ai/sdk@1.14.0 ollama@0.6.4 \
  @langchain/openai@1.6.0 @langchain/core@1.4.0 ai@7.0.173 @ai-sdk/openai-compatible@3.0.92
cat >seen.mjs <<'JAVASCRIPT'
import { createServer } from 'node:http';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { streamText } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';

globalThis.AI_SDK_LOG_WARNINGS = false;
const openaiPart = (content) => ({
  id: 'a',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
});
const message = { id: 'a', type: 'message', role: 'assistant', model: 'm', content: [] };
const usage = { input_tokens: 1, output_tokens: 1 };
const events = (...parts) =>
  parts.map((part) => `event: ${part.type}\ndata: ${JSON.stringify(part)}\n\n`).join('');
const bodies = {
  '/v1/chat/completions': `data: ${JSON.stringify(openaiPart('It is not'))}\n\n`,
  '/v1/messages': events(
    { type: 'message_start', message: { ...message, stop_reason: null, usage } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'It is not' } },
  ),
  '/api/chat': `${JSON.stringify({ model: 'm', message: { role: 'assistant', content: 'It is not' }, done: false })}\n`,
};
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const type = request.url === '/api/chat' ? 'application/x-ndjson' : 'text/event-stream';
    response.writeHead(200, { 'content-type': type }).end(bodies[request.url]);
  });
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const host = `http://127.0.0.1:${server.address().port}`;
const messages = [{ role: 'user', content: 'Is it safe?' }];
const chat = { model: 'm', messages };
const openai = new OpenAI({ baseURL: `${host}/v1`, apiKey: 'none', maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: host, apiKey: 'none', maxRetries: 0 });
const answer = { ...chat, max_tokens: 9 };
const langchain = new ChatOpenAI({
  model: 'm',
  apiKey: 'none',
  maxRetries: 0,
  configuration: { baseURL: `${host}/v1` },
});
const compatible = createOpenAICompatible({ name: 'm', baseURL: `${host}/v1` });

async function ended(stream) {
  for await (const part of await stream) void part;
  return 'ends as a whole answer';
}
const ways = {
  'openai, iterator': () => ended(openai.chat.completions.create({ ...chat, stream: true })),
  'openai, helper': () => openai.chat.completions.stream(chat).finalChatCompletion(),
  'Anthropic, iterator': () => ended(anthropic.messages.create({ ...answer, stream: true })),
  'Anthropic, helper': () => anthropic.messages.stream(answer).finalMessage(),
  LangChain: () => ended(langchain.stream('Is it safe?')),
  Ollama: () => ended(new Ollama({ host }).chat({ ...chat, stream: true })),
  'AI SDK': async () => {
    const result = streamText({ model: compatible('m'), messages, onError: () => {} });
    return `${await result.text} (${await result.finishReason})`;
  },
};
console.log('node', process.versions.node);
const seen = {};
for (const [name, way] of Object.entries(ways)) {
  seen[name] = await way().catch((error) => `throws: ${error.message}`);
  console.log(`${name}: ${seen[name]}`);
}
server.close();
server.closeAllConnections();
const whole = Object.keys(seen).filter((name) => seen[name] === 'ends as a whole answer');
const thrown = Object.keys(seen).filter((name) => seen[name].startsWith('throws'));
const expected =
  whole.join() === 'openai, iterator,Anthropic, iterator,LangChain' &&
  thrown.join() === 'openai, helper,Anthropic, helper,Ollama' &&
  seen['AI SDK'] === 'It is not (error)';
process.exit(expected ? 0 : 1);
JAVASCRIPT
node seen.mjs
