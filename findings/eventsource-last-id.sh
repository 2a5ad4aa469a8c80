#!/usr/bin/env bash
# behaviour: the EventSource of npm's `eventsource` gives an event without an id of its own the empty
# lastEventId, and drops an id that comes without data. By the standard the last id that was seen
# stays for the events behind it, as in browsers and in undici's EventSource, which is given the
# same bytes. Whoever goes on from `event.lastEventId` begins anew, and a reconnection asks again for
# what had been sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit eventsource@4.1.1 eventsource-parser@3.1.1 undici@7.30.2
cat >seen.mjs <<'JAVASCRIPT'
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { EventSource as FromNpm } from 'eventsource';
import { EventSource as FromUndici } from 'undici';

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
console.log('node', process.versions.node, 'eventsource', version('eventsource'), 'undici', version('undici'));
const askedFrom = [];
const server = createServer((request, response) => {
  askedFrom.push(request.headers['last-event-id'] ?? '');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end('retry: 10\n\nid: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\n');
});
await once(server.listen(0, '127.0.0.1'), 'listening');

async function seen(Source) {
  askedFrom.length = 0;
  const source = new Source(`http://127.0.0.1:${server.address().port}/`);
  const ids = [];
  source.onmessage = ({ data, lastEventId }) => ids.length < 3 && ids.push(`${data}:${lastEventId}`);
  while (askedFrom.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  source.close();
  return { ids: ids.join(' '), reconnectsFrom: askedFrom[1] };
}
const npm = await seen(FromNpm);
const undici = await seen(FromUndici);
console.log('eventsource:', JSON.stringify(npm), 'undici:', JSON.stringify(undici));
const whole = undici.ids === 'a:1 b:1 c:2' && undici.reconnectsFrom === '2';
process.exit(whole && npm.ids === 'a:1 b: c:' && npm.reconnectsFrom === '1' ? 0 : 1);
JAVASCRIPT
node seen.mjs 2> >(grep -v -i warning >&2)
