#!/usr/bin/env bash
# behaviour: who leaves a `for await` loop over a `textStream` of the Vercel AI SDK with `break`
# does not stop the model: the stream below is not cancelled, and the SDK goes on pulling parts
# from it until its own queues are full. A provider that waits for its reader computes a dozen
# tokens that nobody reads, and then holds them for as long as nobody calls `abort`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit ai@7.0.173 zod@4.6.7
cat >seen.mjs <<'JAVASCRIPT'
import { streamText } from 'ai';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

console.log('node', process.versions.node, 'ai', createRequire(import.meta.url)('ai/package.json').version);

let pulled = 0;
let cancelled = false;
const parts = new ReadableStream(
  {
    async pull(controller) {
      await sleep(5);
      if (pulled === 0) {
        controller.enqueue({ type: 'stream-start', warnings: [] });
        controller.enqueue({ type: 'text-start', id: 't' });
      }
      pulled += 1;
      controller.enqueue({ type: 'text-delta', id: 't', delta: `${pulled} ` });
    },
    cancel() {
      cancelled = true;
    },
  },
  { highWaterMark: 0 },
);
const model = {
  specificationVersion: 'v4', provider: 'p', modelId: 'm', supportedUrls: {},
  doGenerate: async () => { throw new Error('not asked'); },
  doStream: async () => ({ stream: parts }),
};
let read = 0;
for await (const _ of streamText({ model, prompt: 'Count.' }).textStream) {
  read += 1;
  if (read === 2) break;
}
await sleep(1500);
const first = pulled;
await sleep(1500);
console.log(`read ${read}, pulled ${pulled}, still pulling: ${pulled > first}, cancelled: ${cancelled}`);
if (cancelled || pulled < read + 5 || pulled > first) process.exit(1);
JAVASCRIPT
node seen.mjs
