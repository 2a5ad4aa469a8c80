/** What is used of a tool: any tool of the SDK has it. */
interface AnyTool {
  execute?: ((...call: never[]) => unknown) | undefined;
  onInputAvailable?: ((...call: never[]) => unknown) | undefined;
}

interface CallOptions {
  readonly toolCallId: string;
}

type Execute = (input: unknown, options: CallOptions) => unknown;
type OnInputAvailable = (options: CallOptions & { readonly input: unknown }) => unknown;

/**
 * The same tools, which run as soon as the model has written their call, while
 * it writes the next; the SDK itself runs them once the whole answer is there.
 * Not for tools that need an approval, nor for those that must not have run
 * when an answer fails after the call.
 */
export function runEarly<Tools extends Record<string, AnyTool>>(tools: Tools): Tools {
  const entries = Object.entries(tools).map(([name, tool]) => [name, startEarly(tool)]);
  return Object.fromEntries(entries) as Tools;
}

function startEarly(tool: AnyTool): AnyTool {
  const execute = tool.execute as Execute | undefined;
  const onInputAvailable = tool.onInputAvailable as OnInputAvailable | undefined;
  if (execute === undefined) return tool;
  const started = new Map<string, { readonly result: unknown }>();
  const start = (input: unknown, options: CallOptions): void => {
    const result = attempt(() => execute(input, options));
    // Whoever asks for the result sees its failure; nobody may, when the answer fails first.
    if (result instanceof Promise) result.catch(() => undefined);
    started.set(options.toolCallId, { result });
  };
  const early: { execute: Execute; onInputAvailable: OnInputAvailable } = {
    onInputAvailable: async (call) => {
      await onInputAvailable?.(call);
      const { input, ...options } = call;
      start(input, options);
    },
    execute: (input, options) => {
      const known = started.get(options.toolCallId);
      started.delete(options.toolCallId);
      return known === undefined ? execute(input, options) : known.result;
    },
  };
  return { ...tool, ...early };
}

/** What is thrown at once is a rejection like any other. */
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return Promise.reject(error);
  }
}
