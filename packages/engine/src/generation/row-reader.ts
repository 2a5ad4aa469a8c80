import type { WireTokenRow } from '@mlx/schemas/wire';

export interface RowReaderHandlers {
  /** Takes a row; false pauses reading until `resume()`. */
  row(row: WireTokenRow): boolean;
  /** The rows ended or failed before one that carried `finish`. */
  broken(thrown: unknown): void;
}

/** Reads one answer's rows ahead of the consumer. Calls nothing after `close()` or the last row. */
export class RowReader {
  readonly #rows: AsyncGenerator<WireTokenRow, void, void>;
  readonly #handlers: RowReaderHandlers;
  #state: 'paused' | 'reading' | 'over' = 'paused';

  constructor(rows: AsyncGenerator<WireTokenRow, void, void>, handlers: RowReaderHandlers) {
    this.#rows = rows;
    this.#handlers = handlers;
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'reading';
    this.#read();
  }

  close(): void {
    if (this.#over) return;
    this.#state = 'over';
    this.#rows.return().catch(() => undefined);
  }

  /** Handlers may close the reader while they are called. */
  get #over(): boolean {
    return this.#state === 'over';
  }

  #read(): void {
    this.#rows.next().then(this.#accept, this.#fail);
  }

  readonly #accept = (result: IteratorResult<WireTokenRow, void>): void => {
    if (this.#over) return;
    if (result.done === true) {
      this.#fail(new Error('The stream of tokens ended without saying why'));
      return;
    }
    const row = result.value;
    if (row.finish !== undefined) this.close();
    const goOn = this.#handlers.row(row);
    if (this.#over) return;
    if (goOn) this.#read();
    else this.#state = 'paused';
  };

  readonly #fail = (thrown: unknown): void => {
    if (this.#over) return;
    this.#state = 'over';
    this.#handlers.broken(thrown);
  };
}
