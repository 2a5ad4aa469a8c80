import { ToolDefinitionSchema } from '@mlx/schemas';
import type { ToolDefinition } from '@mlx/schemas';
import type * as z from 'zod';
import { generationSchema } from '../structured/generation-schema.js';
import { validate } from '../support/validate.js';

/** What a tool is told beside its arguments. */
export interface ToolContext {
  readonly toolCallId: string;
  /** Aborted when the run is. */
  readonly signal: AbortSignal;
}

export interface ToolOptions<Name extends string, Parameters extends z.ZodObject, Result> {
  /** 1 to 64 letters, digits, underscores or hyphens. */
  readonly name: Name;
  /** For the model: what the tool does and when to use it. */
  readonly description?: string;
  readonly parameters: Parameters;
  /** What it throws is told to the model, which may try again. */
  readonly execute: (input: z.output<Parameters>, context: ToolContext) => Result | Promise<Result>;
}

/** A function that a model may call. */
export interface Tool<
  Name extends string = string,
  Parameters extends z.ZodObject = z.ZodObject,
  Result = unknown,
> {
  readonly name: Name;
  readonly parameters: Parameters;
  /** What the model is shown; also for `tools` of `chat`. */
  readonly definition: ToolDefinition;
  // A method, so that tools of different arguments fit into one list.
  execute(input: z.output<Parameters>, context: ToolContext): Result | Promise<Result>;
}

/**
 * Makes a typed tool. The model writes no arguments that an object does not name, unless it is a
 * loose one. Throws InvalidParams for a name that models cannot call.
 */
export function defineTool<const Name extends string, Parameters extends z.ZodObject, Result>({
  name,
  description,
  parameters,
  execute,
}: ToolOptions<Name, Parameters, Result>): Tool<Name, Parameters, Result> {
  const schema = generationSchema(parameters, 'parameters');
  const definition = validate(ToolDefinitionSchema, { name, description, parameters: schema });
  return { name, parameters, definition, execute };
}
