import { EngineClientError, isEngineClientError } from '@mlx/schemas';
import { wireParameters } from '@mlx/schemas/conventions';

const ofSampling: Readonly<Record<string, string>> = wireParameters;

/** Where the wire says something deeper, or by another name, than callers do. */
const WIRE_NAMES: readonly (readonly [wire: RegExp, asked: string])[] = [
  [/^prompt\.messages\.(\d+)\.parts\.(\d+)/, 'messages.$1.content.$2'],
  [/^prompt\.(?=messages|tools)/, ''],
  [/^grammar\b/, 'structured'],
  [/^toolUse(?:\.choice)?(?=\.|$)/, 'toolChoice'],
];

/** An error of the runtime with its field, in words and details, under the name that callers know it by. */
export function namedAsAsked(thrown: unknown): unknown {
  if (!isEngineClientError(thrown)) return thrown;
  const { code, message, details } = thrown;
  const known = details as Readonly<Record<string, unknown>> | undefined;
  const field = known?.['field'];
  if (typeof field !== 'string') return thrown;
  const asked = askedName(field);
  if (asked === field) return thrown;
  return new EngineClientError(code, message.replace(`'${field}'`, `'${asked}'`), {
    cause: thrown,
    details: { ...known, field: asked, param: asked },
  });
}

function askedName(field: string): string {
  const [, sampling, rest = ''] = /^sampling\.(\w+)(.*)$/.exec(field) ?? [];
  if (sampling !== undefined) return `${ofSampling[sampling] ?? sampling}${rest}`;
  return WIRE_NAMES.reduce((name, [wire, asked]) => name.replace(wire, asked), field);
}
