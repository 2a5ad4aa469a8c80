import type { Writable } from 'node:stream';
import type { Clock } from '../time/clock.js';
import { sleep } from '../time/sleep.js';
import { ChildHandle } from './child-handle.js';
import type { ChildCommand, ChildEnd } from './child-handle.js';
import { endProcess } from './end-process.js';
import type { EndSchedule } from './end-process.js';
import type { ExitReason, KillStep, SidecarExit } from './sidecar-exit.js';
import { StderrTail } from './stderr-tail.js';

/** How long a process may outlive its pipes before it counts as broken. */
const PIPE_GRACE_MS = 500;

export interface SidecarProcessOptions extends ChildCommand, EndSchedule {
  clock: Clock;
  stderrTailBytes: number;
  onOutput: (chunk: Buffer) => void;
  onStderr: (chunk: Buffer) => void;
}

/** A child process with the record of its end: why, how, and what it last wrote to stderr. */
export class SidecarProcess {
  /** Settles once the process is gone; never rejects. */
  readonly exited: Promise<SidecarExit>;
  readonly #child: ChildHandle;
  readonly #options: SidecarProcessOptions;
  readonly #startedAt: number;
  readonly #stderr: StderrTail;
  readonly #kills: KillStep[] = [];
  readonly #force = new AbortController();
  #reason: ExitReason | undefined;
  #gone = false;

  /** Throws when the operating system refuses at once; later refusals end in `exited`. */
  constructor(options: SidecarProcessOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#stderr = new StderrTail(options.stderrTailBytes);
    this.#child = new ChildHandle(options);
    this.exited = this.#child.ended.then((end) => {
      this.#gone = true;
      return this.#report(end);
    });
    this.#listen();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  /** Kills the group at once; `reason` is what its end will be put down to. */
  kill(reason: ExitReason): void {
    this.#reason ??= reason;
    if (this.#child.kill('SIGKILL')) this.#record('SIGKILL');
  }

  /** Marks the end as wanted; `asked` tells that a `shutdown` request was sent. */
  stopping(asked: boolean): void {
    this.#reason ??= 'stopped';
    if (asked) this.#record('shutdown');
  }

  /** No more requests: a well-behaved sidecar leaves when its input ends. */
  endInput(): void {
    if (this.#gone || this.#child.stdin.writableEnded) return;
    this.#record('stdin-end');
    this.#child.stdin.end();
  }

  /** Waits for the end, and enforces it; `patienceMs` is how long before SIGTERM. */
  async end(patienceMs: number): Promise<SidecarExit> {
    const schedule = { ...this.#options, shutdownTimeoutMs: patienceMs };
    const record = (step: KillStep) => this.#record(step);
    const child = {
      ended: this.exited,
      kill: (signal: NodeJS.Signals) => this.#child.kill(signal),
    };
    await endProcess(child, schedule, this.#options.clock, record, this.#force.signal);
    return this.exited;
  }

  /** Cuts the waits of `end` short. */
  forceEnd(): void {
    this.#force.abort();
  }

  /** What is known of the end so far, for when it does not come. */
  provisionalExit(): SidecarExit {
    return this.#report({ exitCode: null, signal: null, spawnError: undefined });
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', this.#options.onOutput);
    stderr.on('data', (chunk: Buffer) => {
      this.#stderr.push(chunk);
      this.#options.onStderr(chunk);
    });
    stdin.on('error', () => void this.#pipeBroke());
    stdout.on('error', () => void this.#pipeBroke());
    stdout.on('end', () => void this.#pipeBroke());
    stderr.on('error', () => {});
  }

  /** Usually the process is ending; one that lives on without its pipes is of no use. */
  async #pipeBroke(): Promise<void> {
    if (this.#reason !== undefined) return;
    await Promise.race([this.exited, sleep(this.#options.clock, PIPE_GRACE_MS)]);
    if (!this.#gone) this.kill('pipe');
  }

  #record(step: KillStep): void {
    if (!this.#kills.includes(step)) this.#kills.push(step);
  }

  #report({ exitCode, signal, spawnError }: ChildEnd): SidecarExit {
    const natural: ExitReason = signal === null ? 'exit' : 'signal';
    return {
      reason: spawnError === undefined ? (this.#reason ?? natural) : 'spawn',
      exitCode,
      signal,
      spawnError,
      stderrTail: this.#stderr.toString(),
      uptimeMs: this.#options.clock.now() - this.#startedAt,
      kills: [...this.#kills],
    };
  }
}
