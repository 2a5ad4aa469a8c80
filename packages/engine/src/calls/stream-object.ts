import { EngineClientError, errorFromChunk } from '@mlx/schemas';
import type { GenerationStats } from '@mlx/schemas';
import type * as z from 'zod';
import { createGenerator, type GenerationServices } from './create-generator.js';
import { readParams } from '../generation/read-params.js';
import { invalidParameter } from '../support/errors.js';
import type { AnySchema } from '../structured/any-schema.js';
import { parseAnswer } from '../structured/parse-answer.js';
import { PartialJson } from '../structured/partial-json.js';
import type { PartialAnswer } from '../structured/read-structured.js';

/** One element of an object's stream: it fills in, then it is there, parsed and validated. */
export type ObjectChunk<Schema extends AnySchema> =
  | { readonly type: 'partial'; readonly partial: PartialAnswer<Schema> }
  | {
      readonly type: 'object';
      readonly object: z.output<Schema>;
      /** The JSON text that it was parsed from. */
      readonly text: string;
      readonly stats: GenerationStats;
    };

/** A stream that ends with the object or throws; partial values are not validated yet. */
export async function* streamObject<Schema extends AnySchema>(
  services: GenerationServices,
  given: unknown,
  options: unknown,
): AsyncGenerator<ObjectChunk<Schema>, void, void> {
  const { params, schema } = readParams<Schema>(given);
  if (schema === undefined) throw invalidParameter('structured', 'A zod schema is required');
  if ((params.n ?? 1) !== 1) throw invalidParameter('n', 'One object is streamed');
  const json = new PartialJson();
  let text = '';
  for await (const chunk of createGenerator(services, () => ({ params, options }))) {
    switch (chunk.type) {
      case 'token': {
        text += chunk.token;
        json.push(chunk.token);
        const partial = json.value() as PartialAnswer<Schema> | undefined;
        if (partial !== undefined) yield { type: 'partial', partial };
        break;
      }
      case 'reasoning':
        break;
      case 'tool_call':
        throw invalidParameter('tools', 'An object is streamed; use chatStream');
      case 'metadata': {
        const object = await parseAnswer(schema, text, chunk);
        yield { type: 'object', object, text, stats: chunk.stats };
        return;
      }
      case 'error':
        throw errorFromChunk(chunk);
      default:
        chunk satisfies never;
    }
  }
  throw new EngineClientError('InternalError', 'The generation ended without its last chunk');
}
