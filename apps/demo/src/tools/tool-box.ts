/** The tools that one answer may use. */
export interface ToolBox {
  /** As requests name them. */
  readonly definitions: readonly object[];
  /** The server that has a tool; empty for a name that the model made up. */
  serverOf(name: string): string;
  /** What the tool says; throws what went wrong. */
  call(name: string, text: string, signal: AbortSignal): Promise<string>;
}

export const NO_TOOLS: ToolBox = {
  definitions: [],
  serverOf: () => '',
  call: (name) => Promise.reject(new Error(`There is no tool named ${name}.`)),
};
