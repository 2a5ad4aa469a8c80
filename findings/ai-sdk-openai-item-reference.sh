#!/usr/bin/env bash
# behaviour: the OpenAI provider of the Vercel AI SDK, in its default form (Responses), sends what
# a model answered before as `{"type": "item_reference", "id": …}` instead of the text itself. It
# does so although the server said `"store": false` in that answer, so a server without a store
# gets conversations whose middle it cannot know. Only `providerOptions.openai.store: false` makes
# the client send the text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit ai@7.0.173 @ai-sdk/openai@4.0.118 zod@4.6.7
cat >seen.mjs <<'JAVASCRIPT'
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const versions = ['ai', '@ai-sdk/openai'].map((name) => `${name} ${require(`${name}/package.json`).version}`);
console.log('node', process.versions.node, versions.join(' '));

const sent = [];
const answer = {
  id: 'resp_1', object: 'response', created_at: 0, status: 'completed', error: null, store: false,
  incomplete_details: null, instructions: null, metadata: {}, model: 'm', parallel_tool_calls: true,
  temperature: 1, tool_choice: 'auto', tools: [], top_p: 1,
  output: [
    {
      id: 'msg_1', type: 'message', role: 'assistant', status: 'completed',
      content: [{ type: 'output_text', text: 'Four.', annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 1, output_tokens: 1, total_tokens: 2,
    input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 },
  },
};
const openai = createOpenAI({
  apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1',
  fetch: async (_, { body }) => {
    sent.push(JSON.parse(body));
    return Response.json(answer);
  },
});

/** What the second request holds of the first answer. */
async function replayed(providerOptions) {
  const model = openai('m');
  const question = { role: 'user', content: 'Two and two?' };
  const first = await generateText({ model, messages: [question], providerOptions });
  const messages = [question, ...first.response.messages, { role: 'user', content: 'Sure?' }];
  await generateText({ model, messages, providerOptions });
  const item = sent.at(-1).input.find(({ type, role }) => type === 'item_reference' || role === 'assistant');
  return JSON.stringify(item);
}

const byDefault = await replayed({});
const unstored = await replayed({ openai: { store: false } });
console.log('the server says store: false:       ', byDefault);
console.log('the caller says store: false as well:', unstored);
const same = byDefault.includes('item_reference') && unstored.includes('Four.');
if (!same) throw new Error('the behaviour has changed');
JAVASCRIPT
node seen.mjs
