import { z } from 'zod';
import { readZod } from './read-zod.js';

/** A schema that the reader wrote, in both of its forms. */
export interface WrittenSchema {
  readonly json: object;
  /**
   * Checks an answer here, as the server has held it there. Of JSON Schema that is all: zod reads
   * parts of it otherwise, and refuses some that the server holds.
   */
  readonly check: z.ZodType;
}

/** Reads JSON Schema, or the text of a zod schema; throws what is wrong with it. */
export function readSchema(text: string): WrittenSchema {
  if (text.trim() === '') throw new Error('Write a schema first.');
  if (text.trimStart().startsWith('{')) return fromJson(text);
  const check = readZod(text);
  return { json: z.toJSONSchema(check), check };
}

function fromJson(text: string): WrittenSchema {
  const json = parse(text);
  if (typeof json !== 'object' || json === null) throw new Error('A schema is an object.');
  return { json, check: z.unknown() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The schema is not valid JSON: ${reason}`, { cause });
  }
}
