import type { EngineClientError, EngineEventName, EngineEvents } from '@mlx/schemas';
import { GuardedEmitter } from '@mlx/bridge';
import type { EventEmitter } from 'eventemitter3';

type Listeners = { [Name in EngineEventName]: (event: EngineEvents[Name]) => void };
type Untimed<Event> = Omit<Event, 'timestamp'>;

/** The engine's eight events, typed; every payload carries the moment it was emitted. */
export class EngineEmitter extends GuardedEmitter<Listeners> {
  /**
   * Stamps `event` with the time and emits it, without a copy since it runs for every token.
   */
  announce<Name extends EngineEventName>(name: Name, event: Untimed<EngineEvents[Name]>): void {
    if (this.listenerCount(name) === 0) return;
    const timed = event as EngineEvents[Name];
    timed.timestamp = Date.now();
    (this as EventEmitter).emit(name, timed);
  }

  announceError(error: EngineClientError, context: Record<string, unknown>): void {
    this.announce('error', { error: { message: error.message, code: error.code }, context });
  }
}
