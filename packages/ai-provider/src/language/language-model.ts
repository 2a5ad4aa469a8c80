import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamResult,
} from '@ai-sdk/provider';
import { PROVIDER } from '../options/read-options.js';
import type { RunningAnswer, Transport } from '../transport/transport.js';
import { Collector } from './collect.js';
import { PartStream } from './part-stream.js';
import { PartWriter } from './part-writer.js';
import { ResumableAnswer } from './resumable-answer.js';
import { toRequest, type CheckedCall } from './to-request.js';

export interface LanguageModelOptions {
  readonly modelId: string;
  readonly transport: Transport;
  readonly abandonAfterMs: number;
}

/** A model that writes text, calls tools and thinks. */
export class MlxLanguageModel implements LanguageModelV4 {
  readonly specificationVersion = 'v4';
  readonly provider = `${PROVIDER}.chat`;
  /** Nothing is fetched from a network by the model; the SDK hands over what is behind a URL. */
  readonly supportedUrls = {};
  readonly modelId: string;
  readonly #options: LanguageModelOptions;

  constructor(options: LanguageModelOptions) {
    this.modelId = options.modelId;
    this.#options = options;
  }

  async doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
    const call = toRequest(this.modelId, options);
    const answer = await this.#generate(call, options);
    const writer = new PartWriter(call.request.seed);
    const collector = new Collector();
    try {
      for (let chunk = await answer.next(); chunk !== undefined; chunk = await answer.next()) {
        for (const part of writer.write(chunk)) collector.add(part);
      }
    } finally {
      answer.stop();
    }
    const { response, ...result } = collector.end();
    return {
      ...result,
      warnings: [...call.warnings, ...answer.warnings],
      request: requestOf(answer),
      response: { ...response, headers: answer.headers },
    };
  }

  async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
    const call = toRequest(this.modelId, options);
    const answer = await ResumableAnswer.start(() => this.#generate(call, options));
    const { understood } = answer;
    const source = new PartStream({
      answer,
      writer: new PartWriter(call.request.seed),
      start: { type: 'stream-start', warnings: [...call.warnings, ...understood.warnings] },
      signal: options.abortSignal,
      abandonAfterMs: this.#options.abandonAfterMs,
    });
    return {
      stream: new ReadableStream(source, { highWaterMark: 1 }),
      request: requestOf(understood),
      response: { headers: understood.headers },
    };
  }

  #generate(
    { request, serving }: CheckedCall,
    {
      abortSignal: signal,
      headers,
      includeRawChunks: includeRaw = false,
    }: LanguageModelV4CallOptions,
  ): Promise<RunningAnswer> {
    return this.#options.transport.generate({ request, serving, signal, headers, includeRaw });
  }
}

function requestOf({ url, body }: RunningAnswer) {
  return url === undefined ? { body } : { url, body };
}
