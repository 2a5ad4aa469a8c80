import type { ToolDefinition } from '@mlx/schemas';
import type { CallableTool, ResponseTool } from '@mlx/schemas/responses';
import type { BodyReader } from '../fields/body-reader.js';
import { asFunction, isOnlyTold } from '../openai/custom-tools.js';
import { visibleName, type ToolName } from './tool-names.js';

export interface KnownTool extends ToolName {
  readonly type: CallableTool['type'];
  /** Where the request has it, such as `tools.3.tools.0`. */
  readonly path: string;
  /** As the model knows it. */
  readonly definition: ToolDefinition;
}

/** The tools of a request that the model may call. */
export class ToolSet {
  readonly tools: readonly KnownTool[];
  readonly #byVisibleName: ReadonlyMap<string, KnownTool>;

  constructor(tools: readonly KnownTool[]) {
    this.tools = tools;
    this.#byVisibleName = new Map(tools.map((tool) => [tool.definition.name, tool]));
  }

  /** What a call with this name means. */
  called(name: string): KnownTool | undefined {
    return this.#byVisibleName.get(name);
  }

  /** The tool that a request names. Where no namespace is named, one of any will do. */
  named({ name, namespace }: ToolName): KnownTool | undefined {
    const exact = this.#byVisibleName.get(visibleName({ name, namespace }));
    return exact ?? (namespace ? undefined : this.tools.find((tool) => tool.name === name));
  }
}

/** Hosted tools, which a vendor's service would run, are left out and told to the reader. */
export function readTools(tools: readonly ResponseTool[], reader: BodyReader): ToolSet {
  return new ToolSet(tools.flatMap((tool, index) => known(tool, `tools.${index}`, reader)));
}

function known(tool: ResponseTool, path: string, reader: BodyReader): KnownTool[] {
  if (tool.type === 'function' || tool.type === 'custom') {
    return [callable(tool, path, reader, undefined)];
  }
  if (tool.type === 'namespace') {
    return tool.tools.map((inner, index) =>
      callable(inner, `${path}.tools.${index}`, reader, tool.name),
    );
  }
  reader.ignore(`tools[${tool.type}]`, `${path}.type`);
  return [];
}

function callable(
  tool: CallableTool,
  path: string,
  reader: BodyReader,
  namespace: string | undefined,
): KnownTool {
  const { type, name } = tool;
  const shown = visibleName({ name, namespace });
  switch (type) {
    case 'function':
      return { type, name, namespace, path, definition: functionOf(tool, shown) };
    case 'custom':
      if (isOnlyTold(tool)) reader.ignore('tools[].format', `${path}.format`);
      return { type, name, namespace, path, definition: asFunction(tool, shown) };
    default:
      return type satisfies never;
  }
}

function functionOf(
  { description, parameters, strict }: Extract<CallableTool, { type: 'function' }>,
  name: string,
): ToolDefinition {
  return {
    name,
    ...(description ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}
