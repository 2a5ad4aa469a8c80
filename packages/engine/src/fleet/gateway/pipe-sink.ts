import type { FrameSink } from '@mlx/bridge';
import { Pipe } from '../wire/pipe.js';

type PipeOptions = Omit<ConstructorParameters<typeof Pipe>[0], 'onDrain'>;

/** A pipe as a place for frames: requests wait while one that is long travels. */
export class PipeSink implements FrameSink {
  readonly pipe: Pipe;
  readonly writable = true;
  readonly #listeners = new Set<() => void>();

  constructor(options: PipeOptions) {
    const onDrain = () => {
      for (const listener of this.#listeners) listener();
    };
    this.pipe = new Pipe({ ...options, onDrain });
  }

  get writableLength(): number {
    return this.pipe.queuedBytes;
  }

  write(frame: string): void {
    this.pipe.write(frame);
  }

  on(_event: 'drain', listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(_event: 'drain', listener: () => void): void {
    this.#listeners.delete(listener);
  }
}
