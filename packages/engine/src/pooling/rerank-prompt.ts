import type { RerankRequest } from '@mlx/schemas';
import type { WirePromptInput } from '@mlx/schemas/wire';

const DEFAULT_INSTRUCTION =
  'Given a web search query, retrieve relevant passages that answer the query';

const TASK =
  'Judge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".';

/**
 * The question that Qwen3-Reranker was trained on, word for word; other chat
 * models understand it too. The document comes last, so that all prompts of a
 * request begin alike and that part is computed once.
 */
export function toRerankPrompt(
  { query, instruction = DEFAULT_INSTRUCTION }: RerankRequest,
  document: string,
  chat: boolean,
): WirePromptInput {
  const question = `<Instruct>: ${instruction}\n<Query>: ${query}\n<Document>: ${document}`;
  if (!chat) return { type: 'text', text: `${TASK}\n\n${question}\n\nAnswer:` };
  return {
    type: 'chat',
    messages: [
      { role: 'system', content: TASK },
      { role: 'user', content: question },
    ],
    // Models that think first would not answer with their next token.
    templateOptions: { enable_thinking: false },
  };
}
