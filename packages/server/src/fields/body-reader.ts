import type { z } from 'zod';
import { parseBody, unknownParameter, unsupported } from '../http/parse-body.js';
import { isEmpty, type FieldTable } from './field-table.js';
import { walkFields, type Field } from './walk-fields.js';

/** Fields of one request that are remembered by name; the others are counted. */
const MAX_NAMED_FIELDS = 50;

/**
 * Reads the body of one request by the rule: what would change the answer is
 * honoured or refused by name, the rest is accepted without effect and
 * remembered, to be named in the response.
 */
export class BodyReader {
  readonly #strict: boolean;
  readonly #ignored = new Set<string>();
  #unnamed = 0;

  /** @param strict refuse what would have no effect */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** Names of fields that had no effect, each once: `metadata`, `tools[].cache_control`. */
  get ignored(): readonly string[] {
    return [...this.#ignored];
  }

  /** How many more fields had none. */
  get unnamed(): number {
    return this.#unnamed;
  }

  /**
   * The validated body; fields that are not honoured are left out.
   *
   * @throws HttpError 400 that names the first field at fault
   */
  parse<Schema extends z.ZodType>(
    schema: Schema,
    table: FieldTable,
    body: unknown,
  ): z.output<Schema> {
    return parseBody(
      schema,
      walkFields(schema, body, (field) => this.#keep(field, table)),
    );
  }

  /**
   * Tells of a field without effect where only what it says makes it one.
   *
   * @throws HttpError 400 when the request is to be read strictly
   */
  ignore(pattern: string, path: string = pattern): void {
    if (this.#strict) throw unsupported(path);
    this.#remember(pattern);
  }

  #keep(field: Field, table: FieldTable): boolean {
    const rule = Object.hasOwn(table, field.pattern) ? table[field.pattern] : undefined;
    if (rule) {
      if (rule.asksNothing(field.value)) return false;
      if (rule.treatment === 'honoured') return true;
      if (rule.treatment === 'refused') throw unsupported(field.path, rule.advice);
      this.ignore(field.pattern, field.path);
      return false;
    }
    if (field.known) return true;
    if (isEmpty(field.value)) return false;
    // History is full of what other servers added to their answers.
    if (this.#strict && !field.inOpenObject) throw unknownParameter(field.path);
    this.#remember(field.pattern);
    return false;
  }

  #remember(pattern: string): void {
    if (this.#ignored.has(pattern)) return;
    if (this.#ignored.size < MAX_NAMED_FIELDS) this.#ignored.add(pattern);
    else this.#unnamed += 1;
  }
}
