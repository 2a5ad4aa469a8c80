/** What is wrong with a value, in words; undefined when nothing is. */
export type Check = (value: unknown) => string | undefined;

/** A check for each name of `Options`: one that is forgotten does not compile. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check };

export const flag: Check = (value) =>
  typeof value === 'boolean' ? undefined : 'Expected true or false';

export const text: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'Expected a text that is not empty';

export function numberBetween(minimum: number, maximum: number): Check {
  return (value) =>
    typeof value === 'number' && value >= minimum && value <= maximum
      ? undefined
      : `Expected a number from ${minimum} to ${maximum}`;
}

export function integerBetween(minimum: number, maximum: number): Check {
  return (value) =>
    Number.isInteger(value) && numberBetween(minimum, maximum)(value) === undefined
      ? undefined
      : `Expected an integer from ${minimum} to ${maximum}`;
}

export function oneOf(...values: readonly unknown[]): Check {
  return (value) =>
    values.includes(value) ? undefined : `Expected one of ${values.map(String).join(', ')}`;
}

export function either(first: Check, second: Check): Check {
  return (value) => {
    const fault = first(value);
    return fault === undefined ? undefined : second(value) && `${fault}, or: ${second(value)}`;
  };
}

export function listOf(element: Check): Check {
  return (value) =>
    Array.isArray(value) ? firstFault(value.entries(), () => element) : 'Expected a list';
}

/** An object with any keys that `key` allows. */
export function recordOf(element: Check, key?: RegExp): Check {
  return (value) => {
    if (!isRecord(value)) return 'Expected an object';
    return firstFault(Object.entries(value), (name) =>
      key === undefined || key.test(String(name)) ? element : () => 'Unknown key',
    );
  };
}

/** An object with no other keys than those of `checks`; one whose value is undefined is not there. */
export function objectOf<Options>(
  checks: Checks<Options>,
  required: (keyof Options)[] = [],
): Check {
  return (value) => {
    if (!isRecord(value)) return 'Expected an object';
    const missing = required.find((name) => value[String(name)] === undefined);
    if (missing !== undefined) return `Needs '${String(missing)}'`;
    return firstFault(
      Object.entries(value).filter(([, element]) => element !== undefined),
      (name) => checkOf(checks, String(name)),
    );
  };
}

export const anything: Check = () => undefined;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkOf<Options>(checks: Checks<Options>, name: string): Check {
  if (Object.hasOwn(checks, name)) return checks[name as keyof Options];
  return () => `Unknown; known are ${Object.keys(checks).join(', ')}`;
}

function firstFault(
  entries: Iterable<[string | number, unknown]>,
  checkOfEntry: (name: string | number) => Check,
): string | undefined {
  for (const [name, value] of entries) {
    const fault = checkOfEntry(name)(value);
    if (fault !== undefined) return `'${name}': ${fault}`;
  }
  return undefined;
}
