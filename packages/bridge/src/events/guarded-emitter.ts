import { EventEmitter } from 'eventemitter3';

/**
 * What a listener throws is an uncaught exception of its own: frames that came together with the
 * one it was told of are read, and whatever was to be done next is done.
 */
export class GuardedEmitter<
  Events extends EventEmitter.ValidEventTypes,
> extends EventEmitter<Events> {
  override emit<Name extends EventEmitter.EventNames<Events>>(
    name: Name,
    ...args: EventEmitter.EventArgs<Events, Name>
  ): boolean {
    try {
      return super.emit(name, ...args);
    } catch (thrown) {
      queueMicrotask(() => {
        throw thrown;
      });
      return true;
    }
  }
}
