import type { MetadataChunk } from '@mlx/schemas';
import type { OpenAIResponse, ResponseUsage } from '@mlx/schemas/responses';
import type { AnswerWriter, StreamWriter } from '../generation/answer-writer.js';
import type { AnswerChunk } from '../generation/chunks.js';
import { mismatchField } from '../generation/mismatches.js';
import type { HttpError } from '../http/http-error.js';
import { toFinishReason } from '../openai/finish-reason.js';
import { sseEvent } from '../sse/event.js';
import type { ResponseEcho } from './echo.js';
import { DONE, errorFields } from './final-events.js';
import type { ItemEvent } from './items/open-item.js';
import { OutputBuilder, type OutputForm } from './output-builder.js';
import { toUsage } from './usage.js';

/** The code of the error by which a response is cancelled. */
export const CANCELLED = 'response_cancelled';

export interface ResponseWriterOptions extends OutputForm {
  readonly id: string;
  readonly echo: () => Promise<ResponseEcho>;
  /** Told once of the response when nothing is added to it any more. */
  readonly onEnd: (response: OpenAIResponse) => void;
  /** Told of each event of a stream as it is written. */
  readonly onEvent?: ((event: string) => void) | undefined;
}

interface Outcome {
  readonly status: OpenAIResponse['status'];
  readonly usage?: ResponseUsage;
  readonly error?: OpenAIResponse['error'];
  readonly mismatches?: OpenAIResponse['mismatches'];
}

/** Writes one response: whole, or as the events of its making. */
export class ResponseWriter implements AnswerWriter {
  readonly keepAliveText = ': keep-alive\n\n';
  readonly #options: ResponseWriterOptions;
  readonly #builder: OutputBuilder;
  readonly #createdAt = seconds();
  #echo: ResponseEcho | undefined;
  #sequence = 0;

  constructor(options: ResponseWriterOptions) {
    this.#options = options;
    this.#builder = new OutputBuilder(options);
  }

  /** The response as far as it is written. */
  get current(): OpenAIResponse | undefined {
    return this.#echo && this.#response(this.#echo, { status: 'in_progress' });
  }

  /** The response before anything is written. */
  async begin(): Promise<OpenAIResponse> {
    return this.#response(await this.#prepare(), { status: 'in_progress' });
  }

  /** The response is over without having been finished. */
  failed({ code = 'server_error', message }: HttpError): void {
    if (this.#echo) this.#fail(this.#echo, code, message);
  }

  async body(chunks: AsyncIterable<AnswerChunk>): Promise<object> {
    const echo = await this.#prepare();
    let end: MetadataChunk | undefined;
    for await (const chunk of chunks) {
      if (chunk.type === 'metadata') end = chunk;
      else this.#builder.add(chunk);
    }
    return this.#end(echo, end).response;
  }

  stream(): StreamWriter {
    let end: MetadataChunk | undefined;
    return {
      opening: () => this.#opening(),
      add: (chunk) => {
        if (chunk.type !== 'metadata') return this.#events(this.#builder.add(chunk));
        end = chunk;
        return '';
      },
      ending: () => this.#ending(end),
    };
  }

  /** Some clients look at the response alone, others at the error alone. */
  errorEvent(error: HttpError): string {
    const { code = 'server_error', message } = error;
    const failed = this.#echo
      ? this.#event({ type: 'response.failed', response: this.#fail(this.#echo, code, message) })
      : '';
    return failed + this.#event(errorFields(error)) + DONE;
  }

  async #opening(): Promise<string> {
    const response = await this.begin();
    return this.#events([
      { type: 'response.created', response },
      { type: 'response.in_progress', response },
    ]);
  }

  #ending(end: MetadataChunk | undefined): string {
    if (this.#echo === undefined) return '';
    const { events, response } = this.#end(this.#echo, end);
    const incomplete = response.status === 'incomplete';
    const type = incomplete ? 'response.incomplete' : 'response.completed';
    return this.#events([...events, { type, response }]) + DONE;
  }

  #fail(echo: ResponseEcho, code: string, message: string): OpenAIResponse {
    const cancelled = code === CANCELLED;
    const response = this.#response(echo, {
      status: cancelled ? 'cancelled' : 'failed',
      error: cancelled ? null : { code, message },
    });
    this.#options.onEnd(response);
    return response;
  }

  async #prepare(): Promise<ResponseEcho> {
    return (this.#echo ??= await this.#options.echo());
  }

  #end(echo: ResponseEcho, end: MetadataChunk | undefined) {
    const cut = end !== undefined && toFinishReason(end) === 'length';
    const status = cut ? 'incomplete' : 'completed';
    const events = this.#builder.end(status);
    const usage = end && toUsage(end.stats);
    const more = { ...(usage ? { usage } : {}), ...mismatchField(end?.mismatches) };
    const response = this.#response(echo, { status, ...more });
    this.#options.onEnd(response);
    return { events, response };
  }

  #response(
    echo: ResponseEcho,
    { status, usage, error = null, mismatches }: Outcome,
  ): OpenAIResponse {
    return {
      id: this.#options.id,
      object: 'response',
      created_at: this.#createdAt,
      completed_at: status === 'completed' ? seconds() : null,
      status,
      error,
      incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
      output: this.#builder.output,
      usage: usage ?? null,
      ...mismatchField(mismatches),
      ...echo,
    };
  }

  #events(events: readonly ItemEvent[]): string {
    return events.map((event) => this.#event(event)).join('');
  }

  #event(event: ItemEvent): string {
    const { type, ...rest } = event;
    const text = sseEvent({ type, sequence_number: this.#sequence++, ...rest }, type);
    this.#options.onEvent?.(text);
    return text;
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
