import type {
  WireFinish,
  WireMethod,
  WireResult,
  WireTimeline,
  WireTokenRow,
} from '@mlx/schemas/wire';

/** What a fake sidecar does; everything left out behaves like a good one. */
export interface FakeScript {
  /** The version it claims in the handshake. */
  protocolVersion?: number;
  /** Deaf and silent this long after its start. */
  startupDelayMs?: number;
  /** Written to stderr first. */
  startupStderr?: string;
  /** Exits at once with this code, after `startupStderr`. */
  exitAtStart?: number;
  /** False: no heartbeats at all. */
  heartbeats?: boolean;
  ignoreSigterm?: boolean;
  /** Neither a `shutdown` request nor the end of its input makes it leave. */
  ignoreShutdown?: boolean;
  load?: {
    steps?: number;
    stepMs?: number;
    /** What the model's makers advise. */
    samplingDefaults?: WireResult<'load'>['capabilities']['samplingDefaults'];
    /** Why the model sees no images; absent: it sees them. */
    blindness?: string;
  };
  generation?: FakeGeneration;
  faults?: readonly FakeFault[];
}

export interface FakeGeneration {
  /** Pause between steps; 0 runs as fast as the pipe takes it. */
  stepMs?: number;
  /** Steps per write while `stepMs` is 0. */
  stepsPerWrite?: number;
  /**
   * The text of each token is the moment at which it was due, in microseconds of the monotonic
   * clock, and a space; steps come at equal distances, and those that were missed at once.
   */
  timestamps?: boolean;
  /** Batches that the rows with timestamps are dealt to; these step one after another, each every `stepMs`. Default 1. */
  batches?: number;
  /** The rows of every answer, in order, instead of the made-up text; the last one ends it. */
  rows?: readonly FakeRowPart[];
  /** What the usage of every answer says of when what happened to it. */
  timeline?: WireTimeline;
  /** Sends whether or not it has credit. */
  ignoreCredit?: boolean;
  /** Rows at once; further requests wait, or are refused once `maxQueued` wait. */
  maxRows?: number;
  maxQueued?: number;
}

/** What is left out is empty; a row is one token. */
export type FakeRowPart = Partial<Omit<WireTokenRow, 'streamId' | 'tokens' | 'finish'>> & {
  finish?: WireFinish['reason'];
};

export interface FakeFault {
  when: FakeTrigger;
  action: FakeAction;
}

export type FakeTrigger =
  /** The nth request (1 is the first) of a method arrives; before it is answered. */
  | { request: WireMethod; nth?: number }
  /** This many tokens were sent, over all streams. */
  | { tokens: number }
  | { afterMs: number };

export type FakeAction =
  | { type: 'exit'; code: number }
  /** Signals itself: SIGKILL, SIGABRT, SIGSTOP… */
  | { type: 'signal'; signal: NodeJS.Signals }
  /** Blocks its only thread for good. */
  | { type: 'hang' }
  /** Never answers the request that triggered it. */
  | { type: 'ignore' }
  /** Answers the request that triggered it with this error. */
  | { type: 'error'; code: number; message: string; data?: unknown }
  /** Answers the request that triggered it twice. */
  | { type: 'answer-twice' }
  /** Answers the request that triggered it with this result, whatever its schema. */
  | { type: 'answer'; result: unknown }
  | { type: 'stop-heartbeats' }
  /** Beats on, but generates nothing more. */
  | { type: 'stall' }
  /** Writes these characters, each as one byte, in between the frames. */
  | { type: 'write'; bytes: string }
  /** Writes a line that does not end. */
  | { type: 'endless-line'; bytes: number }
  | { type: 'stderr'; bytes: number }
  /** Stops reading its input. */
  | { type: 'deaf' }
  | { type: 'close-stdout' };
