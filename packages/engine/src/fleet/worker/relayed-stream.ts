import type { PullStream } from '@mlx/bridge';
import { cancelledError } from '@mlx/schemas';
import type { WireTokenRow } from '@mlx/schemas/wire';
import { ending } from './ending.js';

type Rows = PullStream<WireTokenRow>;

interface RelayedStreamOptions {
  /** The gateway's name for it. */
  readonly streamId: string;
  /** Tokens that may be sent at first. */
  readonly credit: number;
  /** Begins to generate, once the model is there. */
  readonly open: (signal: AbortSignal) => Promise<Rows>;
  readonly send: (row: WireTokenRow) => void;
  /** Nothing of it runs any more: it is complete, was cancelled, or failed with what was thrown. */
  readonly over: (failure?: { readonly thrown: unknown }) => void;
}

/** Passes the rows of one answer on, as far as the gateway's credit goes. */
export class RelayedStream {
  readonly #options: RelayedStreamOptions;
  readonly #life = new AbortController();
  #credit: number;
  #rows: Rows | undefined;
  #reading = false;

  constructor(options: RelayedStreamOptions) {
    this.#options = options;
    this.#credit = options.credit;
  }

  start(): void {
    this.#options.open(this.#life.signal).then(this.#opened, this.#fail);
  }

  /** Further tokens that the gateway takes. */
  grant(tokens: number): void {
    this.#credit += tokens;
    this.#read();
  }

  /** The gateway wants no more of it. */
  cancel(): void {
    if (this.#over) return;
    this.#end();
    void this.#rows?.return();
    // The gateway keeps its stream until it hears of the end, as it would with a process.
    this.#options.send(ending(this.#options.streamId, { reason: 'cancelled' }));
  }

  get #over(): boolean {
    return this.#life.signal.aborted;
  }

  #read(): void {
    if (this.#reading || this.#over || this.#rows === undefined || this.#credit <= 0) return;
    this.#reading = true;
    this.#rows.next().then(this.#accept, this.#fail);
  }

  readonly #opened = (rows: Rows): void => {
    this.#rows = rows;
    if (this.#over) void rows.return();
    else this.#read();
  };

  readonly #accept = (result: IteratorResult<WireTokenRow, void>): void => {
    this.#reading = false;
    if (this.#over) return;
    if (result.done === true) return this.#end();
    const row = result.value;
    this.#credit -= row.tokens.length;
    row.streamId = this.#options.streamId;
    this.#options.send(row);
    if (row.finish === undefined) this.#read();
    else this.#end();
  };

  readonly #fail = (thrown: unknown): void => {
    if (!this.#over) this.#end({ thrown });
  };

  #end(failure?: { readonly thrown: unknown }): void {
    this.#life.abort(cancelledError('The stream is over'));
    this.#options.over(failure);
  }
}
