import * as z from 'zod';

export interface Series {
  readonly name: string;
  /** Seconds since 1970, and the value. */
  readonly points: readonly (readonly [number, number])[];
}

const STEP_SECONDS = 2;
/** What Grafana puts into the place of its variables. */
const VARIABLES = { $model: '.*', $__rate_interval: '20s' } as const;

const AnswerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

/** What a query of the dashboard brought in the last seconds. */
export async function readSeries(
  prometheus: string,
  { expr, legendFormat }: { readonly expr: string; readonly legendFormat: string },
  seconds: number,
): Promise<Series[]> {
  const end = Date.now() / 1000;
  let query = expr;
  for (const [name, value] of Object.entries(VARIABLES)) query = query.replaceAll(name, value);
  const parameters = new URLSearchParams({
    query,
    start: String(end - seconds),
    end: String(end),
    step: String(STEP_SECONDS),
  });
  const response = await fetch(`${prometheus}/api/v1/query_range?${parameters}`);
  const { data } = AnswerSchema.parse(await response.json());
  return data.result.map(({ metric, values }) => ({
    name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    points: values.map(([at, value]) => [at, Number(value)] as const),
  }));
}
