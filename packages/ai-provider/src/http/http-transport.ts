import type { SharedV4Warning } from '@ai-sdk/provider';
import type { Transport } from '../transport/transport.js';
import { HttpAnswer } from './http-answer.js';
import { post } from './post.js';
import { refuseOverHttp } from './refuse.js';
import type { MlxServerSettings } from './settings.js';
import { toBody } from './to-body.js';
import { toVector } from './to-vector.js';

/** Models of a server. */
export function httpTransport(settings: MlxServerSettings): Transport {
  return {
    generate: generateWith(settings),
    embed: embedWith(settings),
    rerank: rerankWith(settings),
  };
}

const generateWith =
  (settings: MlxServerSettings): Transport['generate'] =>
  async ({ request, serving, includeRaw, signal, headers }) => {
    const warnings: SharedV4Warning[] = [];
    const body = toBody(request, serving, warnings);
    const startedAt = performance.now();
    const ending = new AbortController();
    const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
    const posted = await post(settings, '/chat/completions', body, { signal: either, headers });
    const { url, response } = posted;
    const stream = response.body ?? new ReadableStream<Uint8Array>({ start: (c) => c.close() });
    const answer = new HttpAnswer({ url, body, stream, startedAt, includeRaw, signal });
    return {
      url,
      body,
      headers: posted.headers,
      warnings: [...warnings, ...posted.warnings],
      next: () => answer.next(),
      stop: () => ending.abort(),
    };
  };

const embedWith =
  (settings: MlxServerSettings): Transport['embed'] =>
  async ({ pooling, normalize, promptName, ...request }, call) => {
    if (pooling !== undefined) refuseOverHttp('pooling');
    if (normalize !== undefined) refuseOverHttp('normalize');
    const body = { ...request, prompt_name: promptName, encoding_format: 'base64' };
    const { response, url, ...understood } = await post(settings, '/embeddings', body, call);
    const { data, usage } = (await response.json()) as {
      data: { embedding: string | number[] }[];
      usage: { prompt_tokens: number };
    };
    const embeddings = data.map(({ embedding }) => toVector(embedding));
    return { embeddings, tokens: usage.prompt_tokens, body, url, ...understood };
  };

const rerankWith =
  (settings: MlxServerSettings): Transport['rerank'] =>
  async ({ topN, ...request }, call) => {
    const body = { ...request, top_n: topN };
    const { response, url, ...understood } = await post(settings, '/rerank', body, call);
    const { results } = (await response.json()) as {
      results: { index: number; relevance_score: number }[];
    };
    return {
      results: results.map(({ index, relevance_score: score }) => ({ index, score })),
      body,
      url,
      ...understood,
    };
  };
