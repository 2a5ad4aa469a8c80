import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { CompletionRequest } from './completion-request.ts';
import type { Endpoint } from './endpoint.ts';
import { StreamCollector } from './stream-collector.ts';
import type { StreamRecord } from './stream-record.ts';

export interface StreamOptions {
  readonly signal?: AbortSignal;
  /** Called for every piece of the body, for example to abort in mid-stream. */
  readonly onData?: () => void;
}

/**
 * Streams one chat completion over `node:http`, which costs a tenth of a
 * millisecond per event and so never limits what is measured. Throws on any
 * answer but a complete stream.
 */
export async function streamCompletion(
  endpoint: Endpoint,
  completion: CompletionRequest,
  options: StreamOptions = {},
): Promise<StreamRecord> {
  const startedAt = performance.now();
  const response = await post(endpoint, completion, options.signal);
  response.setEncoding('utf8');
  if (response.statusCode !== 200) {
    throw new Error(
      `${endpoint.origin} answered ${response.statusCode}: ${await readAll(response)}`,
    );
  }
  const collector = new StreamCollector(startedAt);
  for await (const text of response as AsyncIterable<string>) {
    collector.feed(text, performance.now());
    options.onData?.();
  }
  return collector.finish();
}

async function post(
  endpoint: Endpoint,
  completion: CompletionRequest,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const body = JSON.stringify({
    model: endpoint.model,
    ...completion,
    stream: true,
    stream_options: { include_usage: true },
  });
  const outgoing = httpRequest(`${endpoint.origin}/v1/chat/completions`, {
    method: 'POST',
    agent: endpoint.agent,
    signal,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  outgoing.once('response', resolve).once('error', reject).end(body);
  return promise;
}

async function readAll(response: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of response) text += piece;
  return text.slice(0, 500);
}
