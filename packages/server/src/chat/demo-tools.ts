import * as z from 'zod';

/** A call as the model wrote it, in the form that messages have. */
export interface ChatCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** What a demonstration shows: nothing that could do harm, or that needs a network. */
const tools = {
  clock: demoTool(
    'Tells the date and the time of day',
    z.strictObject({ zone: z.string().describe('IANA time zone, such as Europe/Rome') }),
    ({ zone }) =>
      new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        dateStyle: 'full',
        timeStyle: 'long',
      }).format(),
  ),
  calculate: demoTool(
    'Computes with two numbers',
    z.strictObject({
      left: z.number(),
      operator: z.enum(['+', '-', '*', '/']),
      right: z.number(),
    }),
    ({ left, operator, right }) => String(compute(left, operator, right)),
  ),
} as const;

interface DemoTool {
  readonly description: string;
  readonly parameters: z.ZodType;
  /** Throws for arguments that are none. */
  readonly run: (written: unknown) => string;
}

function demoTool<Parameters extends z.ZodType>(
  description: string,
  parameters: Parameters,
  run: (args: z.output<Parameters>) => string,
): DemoTool {
  return { description, parameters, run: (written) => run(parameters.parse(written)) };
}

function compute(left: number, operator: '+' | '-' | '*' | '/', right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return operator satisfies never;
  }
}

export const demoToolNames: readonly string[] = Object.keys(tools);

/** The tools as a request names them. */
export const demoToolDefinitions: readonly object[] = Object.entries(tools).map(
  ([name, { description, parameters }]) => {
    const { $schema: _, ...schema } = z.toJSONSchema(parameters);
    return { type: 'function', function: { name, description, parameters: schema } };
  },
);

/** What a call brings, or what is wrong with it: the model reads both. */
export function runDemoTool({ function: { name, arguments: written } }: ChatCall): string {
  const tool = new Map<string, DemoTool>(Object.entries(tools)).get(name);
  if (tool === undefined) return `There is no tool ${name}; there are ${demoToolNames.join(', ')}`;
  try {
    return tool.run(JSON.parse(written));
  } catch (error) {
    if (error instanceof z.ZodError) return z.prettifyError(error);
    return error instanceof Error ? error.message : String(error);
  }
}
