#!/usr/bin/env bash
# behaviour: openai-node's helper for streamed responses takes a response that failed for a good
# one. When the stream ends with `response.failed`, `finalResponse()` resolves, with status
# "failed"; only an `error` event after it makes the promise reject. A server that sends
# `response.failed` alone, as the event's name suggests, hides its failures from such callers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit openai@7.59.0
cat >seen.mjs <<'JAVASCRIPT'
import OpenAI from 'openai';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('node_modules/openai/package.json', 'utf8'));
console.log('node', process.versions.node, 'openai', version);

const response = (status, error = null) => ({
  id: 'resp_1', object: 'response', created_at: 0, status, error, incomplete_details: null,
  instructions: null, metadata: null, model: 'm', output: [], parallel_tool_calls: false,
  temperature: null, tool_choice: 'auto', tools: [], top_p: null,
});
const failed = response('failed', { code: 'server_error', message: 'It broke.' });
const events = [
  { type: 'response.created', sequence_number: 0, response: response('in_progress') },
  { type: 'response.failed', sequence_number: 1, response: failed },
];
const error = { type: 'error', sequence_number: 2, code: 'server_error', message: 'It broke.', param: null };

async function outcome(sent) {
  const body = sent.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  const headers = { 'content-type': 'text/event-stream' };
  const client = new OpenAI({
    apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0,
    fetch: async () => new Response(body, { headers }),
  });
  try {
    const final = await client.responses.stream({ model: 'm', input: 'hi' }).finalResponse();
    return `resolved, status ${final.status}`;
  } catch (thrown) {
    return `rejected: ${thrown.message}`;
  }
}

const alone = await outcome(events);
const followed = await outcome([...events, error]);
console.log('response.failed alone:          ', alone);
console.log('response.failed, then error:    ', followed);
const same = alone === 'resolved, status failed' && followed.startsWith('rejected');
if (!same) throw new Error('the behaviour has changed');
JAVASCRIPT
node seen.mjs
