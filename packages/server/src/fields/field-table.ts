/** Whether a value asks for nothing beyond what happens anyway. */
type AsksNothing = (value: unknown) => boolean;

/** What becomes of a field that not every value of is honoured. */
export interface FieldRule {
  /**
   * `refused`: it would change the text, its form, its length or its cost.
   * `without effect`: it concerns a vendor's service, or is a hint.
   * `honoured`: but for values that other servers read as nothing asked.
   */
  readonly treatment: 'honoured' | 'refused' | 'without effect';
  readonly asksNothing: AsksNothing;
  /** What to do instead, a sentence. */
  readonly advice: string;
}

/**
 * One endpoint's fields that are not simply honoured, by their place:
 * `stream_options.include_obfuscation`, `tools[].cache_control`. What is in
 * the schema and not here is honoured; what is in neither is unknown, and
 * accepted without effect.
 */
export type FieldTable = Readonly<Record<string, FieldRule>>;

interface RuleOptions {
  readonly unless?: AsksNothing;
  readonly advice?: string;
}

export const refused = ({ unless = isEmpty, advice = '' }: RuleOptions = {}): FieldRule => ({
  treatment: 'refused',
  asksNothing: unless,
  advice,
});

export const withoutEffect = ({ unless = isEmpty }: RuleOptions = {}): FieldRule => ({
  treatment: 'without effect',
  asksNothing: unless,
  advice: '',
});

export const honoured = (unless: AsksNothing): FieldRule => ({
  treatment: 'honoured',
  asksNothing: unless,
  advice: '',
});

/** Null, or a list or object without content. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export const isFalse: AsksNothing = (value) => value === false;

export const isOneOf =
  (...values: readonly unknown[]): AsksNothing =>
  (value) =>
    values.includes(value);

export function fieldsThatAre(treatment: FieldRule['treatment'], table: FieldTable): string[] {
  return Object.keys(table).filter((field) => table[field]?.treatment === treatment);
}
