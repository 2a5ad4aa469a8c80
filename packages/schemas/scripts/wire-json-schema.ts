import { z } from 'zod';
import type * as wireModule from '../src/wire/index.js';

export type WireModule = typeof wireModule;

type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/** The part of JSON Schema that the wire's schemas use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** The union of all frames is plain JSON-RPC; both ends write that by hand. */
const HAND_WRITTEN = new Set(['IncomingFrameSchema']);

/**
 * Every exported schema of the wire under its name, and method tables that refer to those names;
 * what only a method uses is named for that.
 */
export function wireJsonSchema(wire: WireModule) {
  const registry = z.registry<{ id: string }>();
  const names = new Map<z.ZodType, string>();
  const register = (schema: z.ZodType, id: string): string => {
    const known = names.get(schema);
    if (known !== undefined) return known;
    registry.add(schema, { id });
    names.set(schema, id);
    return id;
  };
  for (const [name, value] of Object.entries(wire)) {
    if (value instanceof z.ZodType && !HAND_WRITTEN.has(name)) {
      register(value, name.replace(/Schema$/, ''));
    }
  }
  const nameOf = (schema: z.ZodType, method: string, kind: 'Params' | 'Result'): string => {
    const empty = schema instanceof z.ZodObject && Object.keys(schema.shape).length === 0;
    const own = `${method.charAt(0).toUpperCase()}${method.slice(1)}${kind}`;
    return register(schema, empty ? 'Nothing' : own);
  };
  const methods = Object.entries(wire.wireRequests).map(([method, { params, result }]) => ({
    method,
    params: nameOf(params, method, 'Params'),
    result: nameOf(result, method, 'Result'),
  }));
  const notifications = (table: Readonly<Record<string, z.ZodType>>) =>
    Object.entries(table).map(([method, params]) => ({
      method,
      params: nameOf(params, method, 'Params'),
    }));
  const received = notifications(wire.wireNotificationsOut);
  const sent = notifications(wire.wireNotificationsIn);
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => id });
  const definitions: Readonly<Record<string, JsonSchema>> = JSON.parse(JSON.stringify(schemas));
  return {
    definitions,
    methods,
    received,
    sent,
    protocolVersion: wire.WIRE_PROTOCOL_VERSION,
    maxFrameBytes: wire.WIRE_MAX_FRAME_BYTES,
  };
}
