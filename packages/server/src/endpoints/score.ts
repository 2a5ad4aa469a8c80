import { randomUUID } from 'node:crypto';
import { ScoreBodySchema, type ScoreBody, type ScoreList } from '@mlx/schemas/endpoints';
import type { BodyReader } from '../fields/body-reader.js';
import type { CallPlan } from '../generation/serve-request.js';
import { badRequest } from '../http/parse-body.js';
import { rerankFields } from '../openai/embedding-fields.js';
import type { ServingEngine } from '../serving-engine.js';

/** How relevant second texts are to first ones: reranking that keeps the order. */
export function planScore(body: unknown, reader: BodyReader): CallPlan {
  const request = reader.parse(ScoreBodySchema, rerankFields, body);
  const groups = groupsOf(request);
  return {
    model: request.model,
    body: async (engine, signal) => {
      const scored = await Promise.all(
        groups.map((group) => scoresOf(engine, request, group, signal)),
      );
      return toList(request.model, scored);
    },
  };
}

interface Group {
  readonly query: string;
  readonly documents: string[];
}

/** One first text is for all second ones; otherwise they go in pairs. */
function groupsOf({ text_1: first, text_2: second }: ScoreBody): Group[] {
  const queries = [first].flat();
  const documents = [second].flat();
  const [query = ''] = queries;
  if (queries.length === 1) return [{ query, documents }];
  if (queries.length !== documents.length) {
    throw badRequest(
      "Invalid 'text_2': Must be as many texts as 'text_1' has, where that has more than one.",
      'invalid_parameter',
      'text_2',
    );
  }
  return documents.map((document, index) => ({
    query: queries[index] ?? '',
    documents: [document],
  }));
}

async function scoresOf(
  engine: ServingEngine,
  { model, instruction }: ScoreBody,
  { query, documents }: Group,
  signal: AbortSignal,
) {
  const request = { model, query, documents, instruction: instruction ?? undefined };
  const { results, promptTokens } = await engine.rerank(request, { signal });
  const ordered = results.toSorted((left, right) => left.index - right.index);
  return { scores: ordered.map(({ score }) => score), promptTokens };
}

function toList(model: string, scored: readonly Awaited<ReturnType<typeof scoresOf>>[]): ScoreList {
  const tokens = scored.reduce((total, { promptTokens }) => total + promptTokens, 0);
  return {
    id: `score-${randomUUID()}`,
    object: 'list',
    created: Math.floor(Date.now() / 1000),
    model,
    data: scored
      .flatMap(({ scores }) => scores)
      .map((score, index) => ({ index, object: 'score', score })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
