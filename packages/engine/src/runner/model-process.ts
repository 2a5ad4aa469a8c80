import type { GenerateRequest, Sidecar, Supervisor, SupervisorEvents } from '@mlx/bridge';
import type { EventEmitter } from 'eventemitter3';

/** What calls are made on while a model's process lives: one process here, or those of a fleet. */
export type ModelLink = Pick<Sidecar, 'state' | 'start' | 'request' | 'generate'>;

/** An adapter beside a model; bytes are those of its weights. */
export interface OfferedAdapter {
  readonly name: string;
  readonly rank: number;
  readonly memoryBytes: number;
}

/** What some of a model's processes can do: requests that need it go to those. */
export interface Offer {
  readonly adapters: readonly OfferedAdapter[];
  readonly vision: boolean;
}

/**
 * What keeps one model running, whatever becomes of its processes: the engine's side of a
 * `Supervisor`, which others than it can fulfil.
 */
export interface ModelProcess
  extends
    Pick<Supervisor, 'state' | 'failure' | 'stats' | 'start' | 'reset' | 'request' | 'stop'>,
    Pick<EventEmitter<SupervisorEvents>, 'on' | 'off'> {
  /**
   * The link to make calls on, waited for while there is none. Where there are several processes
   * to choose from, the one that suits the request is chosen, which is to be made on it at once.
   */
  ready(signal?: AbortSignal, request?: GenerateRequest): Promise<ModelLink>;
  /** Beside what its first process said of itself, and what was loaded here. */
  offer?(): Offer;
}

/** Puts each life of a process in order: loads its model. */
export type OnProcessStart = (
  link: ModelLink,
  context: { readonly signal: AbortSignal },
) => Promise<void> | void;
