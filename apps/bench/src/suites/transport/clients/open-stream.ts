import { connect } from 'node:net';
import type { ClientsOrder } from './messages.ts';
import type { Tally } from './tally.ts';

const TEXT = '"text":"';
const DONE = 'data: [DONE]';

/** Asks for one streamed completion over a plain socket; resolves when all of it came. */
export function openStream(order: ClientsOrder, tally: Tally): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(order.port, '127.0.0.1');
  let unread = '';
  let cold = order.warmUp;
  socket.setEncoding('latin1').on('data', (text: string) => {
    const at = Number(process.hrtime.bigint() / 1000n);
    unread += text;
    const end = unread.lastIndexOf('\n\n') + 1;
    const events = unread.slice(0, end);
    unread = unread.slice(end);
    for (const said of textsOf(events)) {
      const tokens = tally.event(said, at);
      if (cold <= 0) continue;
      cold -= tokens;
      if (cold <= 0) tally.warmedUp();
    }
    if (events.includes(DONE)) socket.end();
  });
  socket.once('close', resolve).once('error', reject);
  socket.write(requestFor(order));
  return promise;
}

function* textsOf(events: string): Generator<string> {
  for (let at = events.indexOf(TEXT); at !== -1; at = events.indexOf(TEXT, at)) {
    at += TEXT.length;
    const said = events.slice(at, events.indexOf('"', at));
    if (said !== '') yield said;
  }
}

function requestFor({ port, tokens, model }: ClientsOrder): string {
  const body = JSON.stringify({ model, prompt: 'anything', max_tokens: tokens, stream: true });
  return [
    'POST /v1/completions HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
