import type { EngineEventName, EngineEvents } from '@mlx/schemas';
import type { EventEmitter } from 'eventemitter3';

type Listeners = { [Name in EngineEventName]: (event: EngineEvents[Name]) => void };

/** Anything that emits the engine's events: an `Engine`'s emitter, or one in a test. */
export type EngineEventSource = Pick<EventEmitter<Listeners>, 'on' | 'off'>;

/** Attaches the listeners and returns the function that detaches exactly those. */
export function listen(source: EngineEventSource, listeners: Partial<Listeners>): () => void {
  // Pairs of name and listener are typed above; the emitter can't see that they belong together.
  const emitter = source as unknown as EventEmitter;
  const pairs = Object.entries(listeners);
  for (const [name, listener] of pairs) emitter.on(name, listener);
  return () => {
    for (const [name, listener] of pairs) emitter.off(name, listener);
  };
}
