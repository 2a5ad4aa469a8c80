import type { startTelemetry } from '@mlx/telemetry';

export type EventSource = Parameters<typeof startTelemetry>[0];

interface Tap {
  readonly attach: () => void;
  readonly detach: () => void;
}

/** A source of events whose listeners can all be taken off it for a while. */
export class EventValve implements EventSource {
  readonly #source: EventSource;
  readonly #taps: Tap[] = [];
  #open = true;

  constructor(source: EventSource) {
    this.#source = source;
  }

  on: EventSource['on'] = (name, heard) => {
    this.#taps.push({
      attach: () => void this.#source.on(name, heard),
      detach: () => void this.#source.off(name, heard),
    });
    return this.#source.on(name, heard);
  };

  off: EventSource['off'] = (name, heard) => this.#source.off(name, heard);

  open(open: boolean): void {
    if (open === this.#open) return;
    this.#open = open;
    for (const { attach, detach } of this.#taps) (open ? attach : detach)();
  }
}
