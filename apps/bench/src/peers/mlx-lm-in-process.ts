import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { CompletionRequest } from '../client/completion-request.ts';
import type { PeerEnvironment } from '../environment/peer-environment.ts';
import { ChildGroup } from './child-group.ts';

const SCRIPT = fileURLToPath(new URL('../../python/stream_in_process.py', import.meta.url));

const InProcessAnswerSchema = z.object({
  text: z.string(),
  promptTokens: z.int(),
  completionTokens: z.int(),
  firstTokenSeconds: z.number(),
  decodeSeconds: z.number(),
  finishReason: z.string(),
});
export type InProcessAnswer = z.infer<typeof InProcessAnswerSchema>;

export interface InProcessMlxLm extends AsyncDisposable {
  /** Greedy decoding of one prompt, timed inside the Python process. */
  generate(request: Pick<CompletionRequest, 'messages' | 'max_tokens'>): Promise<InProcessAnswer>;
}

/** `mlx_lm.stream_generate` in a Python process of its own: no HTTP, no batching. */
export async function startInProcessMlxLm(environment: PeerEnvironment): Promise<InProcessMlxLm> {
  const group = new ChildGroup(
    'in-process mlx-lm',
    environment.python,
    [SCRIPT, environment.modelDirectory],
    { env: environment.env, stdio: 'pipe' },
  );
  const { stdin, stdout } = group.child;
  if (stdin === null || stdout === null) throw new Error('The Python process has no pipes.');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<unknown> => {
    const { value } = await lines.next();
    return JSON.parse(value ?? 'null');
  };
  await group.started(nextLine());
  return {
    async generate({ messages, max_tokens }) {
      const answer = nextLine();
      stdin.write(`${JSON.stringify({ messages, max_tokens })}\n`);
      return InProcessAnswerSchema.parse(await group.orExit(answer));
    },
    [Symbol.asyncDispose]: () => group[Symbol.asyncDispose](),
  };
}
