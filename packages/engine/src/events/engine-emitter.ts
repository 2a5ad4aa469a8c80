import type { EngineClientError, EngineEventName, EngineEvents } from '@mlx/schemas';
import { EventEmitter } from 'eventemitter3';

type Listeners = { [Name in EngineEventName]: (event: EngineEvents[Name]) => void };
type Untimed<Event> = Omit<Event, 'timestamp'>;

/** The engine's eight events, typed; every payload carries the moment it was emitted. */
export class EngineEmitter extends EventEmitter<Listeners> {
  /**
   * Stamps `event` with the time and emits it, without a copy since it runs for every token. A
   * listener that throws must not end a request, so its error is reported.
   */
  announce<Name extends EngineEventName>(name: Name, event: Untimed<EngineEvents[Name]>): void {
    if (this.listenerCount(name) === 0) return;
    const timed = event as EngineEvents[Name];
    timed.timestamp = Date.now();
    try {
      (this as EventEmitter).emit(name, timed);
    } catch (thrown) {
      queueMicrotask(() => {
        throw thrown;
      });
    }
  }

  announceError(error: EngineClientError, context: Record<string, unknown>): void {
    this.announce('error', { error: { message: error.message, code: error.code }, context });
  }
}
