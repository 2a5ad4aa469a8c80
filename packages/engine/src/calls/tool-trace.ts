import type { ToolCall } from '@mlx/schemas';
import { genAi, operations, PROVIDER_NAME } from '@mlx/schemas/conventions';
import type { Tool } from '../tools/define-tool.js';
import type { RunToolsResult, ToolOutcome } from '../tools/run-options.js';
import { toEngineError } from '../support/errors.js';
import { modelAttributes } from '../tracing/request-attributes.js';
import { markFailed, traced } from '../tracing/tracer.js';

/** The span of a whole run; its answers and calls are its children. */
export function tracedRun(
  model: string,
  run: () => Promise<RunToolsResult<Tool>>,
): Promise<RunToolsResult<Tool>> {
  const attributes = modelAttributes(operations.invokeAgent, model);
  return traced(operations.invokeAgent, attributes, async (span) => {
    const result = await run();
    span.setAttribute('mlx.tools.steps', result.steps.length);
    return result;
  });
}

/** The span of one call, active while the tool works. A call that came to nothing marks it. */
export function tracedCall(
  { id, name, arguments: argumentsText }: ToolCall,
  recordContent: boolean,
  call: () => Promise<ToolOutcome<Tool>>,
): Promise<ToolOutcome<Tool>> {
  const attributes = {
    [genAi.operationName]: operations.executeTool,
    [genAi.providerName]: PROVIDER_NAME,
    [genAi.toolName]: name,
    [genAi.toolCallId]: id,
    [genAi.toolType]: 'function',
    ...(recordContent ? { [genAi.toolCallArguments]: argumentsText } : {}),
  };
  return traced(`${operations.executeTool} ${name}`, attributes, async (span) => {
    const outcome = await call();
    if ('error' in outcome) {
      const { error } = outcome;
      // What it says is written for the model, and may repeat what the model wrote.
      markFailed(span, toEngineError(error).code, recordContent ? error.message : undefined);
    } else if (recordContent) {
      span.setAttribute(genAi.toolCallResult, JSON.stringify(outcome.result) ?? 'null');
    }
    return outcome;
  });
}
