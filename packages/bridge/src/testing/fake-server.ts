import { zodErrorToEngineError, type ValidationErrorDetails } from '@mlx/schemas';
import {
  CancelParamsSchema,
  CreditParamsSchema,
  WIRE_PROTOCOL_VERSION,
  wireRequests,
} from '@mlx/schemas/wire';
import type { WireMethod } from '@mlx/schemas/wire';
import { performFault } from './fake-actions.js';
import { answer } from './fake-answers.js';
import { FakeFaults } from './fake-faults.js';
import { FakeGenerator } from './fake-generator.js';
import type { FakeLink, Reply } from './fake-link.js';
import type { FakeAction, FakeScript } from './script.js';

/** The fake's half of the protocol: frames in, frames out, faults in between. */
export class FakeServer implements FakeLink {
  readonly script: FakeScript;
  readonly generator: FakeGenerator;
  readonly startedAt = performance.now();
  readonly #faults: FakeFaults;
  #heartbeats: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor(script: FakeScript) {
    this.script = script;
    this.#faults = new FakeFaults(script.faults ?? []);
    this.generator = new FakeGenerator(script.generation ?? {}, write, (sent) =>
      this.#perform(this.#faults.onTokens(sent)),
    );
    this.generator.faultTokens = this.#faults.tokenCounts;
    for (const { afterMs, action } of this.#faults.timed()) {
      setTimeout(() => this.#perform([action]), afterMs);
    }
  }

  get protocolVersion(): number {
    return this.script.protocolVersion ?? WIRE_PROTOCOL_VERSION;
  }

  receive(line: string): void {
    const frame = JSON.parse(line) as { id?: number; method: string; params: unknown };
    if (frame.id === undefined) this.#notified(frame.method, frame.params);
    else void this.#requested(frame.id, frame.method as WireMethod, frame.params);
  }

  notify(method: string, params: unknown): void {
    write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
  }

  startHeartbeats(intervalMs: number): void {
    if (this.script.heartbeats === false) return;
    this.#heartbeats = setInterval(() => this.#beat(), intervalMs);
  }

  stopHeartbeats(): void {
    clearInterval(this.#heartbeats);
  }

  #beat(): void {
    const busy = this.generator.stalled || this.generator.rows.size > 0;
    if (!this.generator.stalled) this.#ticks += 1;
    this.notify('heartbeat', {
      uptimeMs: performance.now() - this.startedAt,
      ticks: this.#ticks,
      activity: busy ? 'decoding' : 'idle',
    });
  }

  #notified(method: string, params: unknown): void {
    if (method === 'cancel') this.generator.cancel(CancelParamsSchema.parse(params).streamId);
    if (method !== 'credit') return;
    const { streamId, tokens } = CreditParamsSchema.parse(params);
    this.generator.addCredit(streamId, tokens);
  }

  async #requested(id: number, method: WireMethod, params: unknown): Promise<void> {
    const actions = this.#faults.onRequest(method);
    const reply = this.#perform(actions) ?? (await this.#answer(method, params));
    if (reply === 'none') return;
    const frame = `${JSON.stringify({ jsonrpc: '2.0', id, ...reply })}\n`;
    write(actions.some(({ type }) => type === 'answer-twice') ? frame + frame : frame);
    if (method === 'shutdown') process.exit(0);
  }

  async #answer(method: WireMethod, params: unknown): Promise<Reply> {
    const checked = wireRequests[method].params.safeParse(params);
    if (checked.success) return answer(this, method, checked.data);
    const { message, details } = zodErrorToEngineError(checked.error);
    const { field } = details as ValidationErrorDetails;
    const data = { type: 'unsupported_parameter', param: field };
    return { error: { code: -32602, message, data } };
  }

  /** The reply that one of the actions puts in place of the real one, if any does. */
  #perform(actions: readonly FakeAction[]): Reply | undefined {
    const replies = actions.map((action) => performFault(this, action));
    return replies.find((reply) => reply !== undefined);
  }
}

function write(frames: string): void {
  process.stdout.write(frames);
}
