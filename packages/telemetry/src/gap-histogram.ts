import { ValueType } from '@opentelemetry/api';
import type { HrTime } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import type {
  CollectionResult,
  HistogramMetricData,
  MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { TokenGaps } from '@mlx/schemas';
import { gapBorders } from '@mlx/schemas/conventions';

interface Series {
  readonly startTime: HrTime;
  readonly counts: number[];
  sum: number;
}

/**
 * The histogram of times between tokens, by model. It is added to by whole
 * answers, which instruments cannot do: theirs would cost a record per token.
 */
export class GapHistogram implements MetricProducer {
  readonly #series = new Map<string, Series>();

  add(model: string, { counts, sum }: TokenGaps): void {
    const series = this.#series.get(model) ?? newSeries();
    this.#series.set(model, series);
    for (const [index, count] of counts.entries()) {
      series.counts[index] = (series.counts[index] ?? 0) + count;
    }
    series.sum += sum;
  }

  async collect(): Promise<CollectionResult> {
    const metrics = this.#series.size === 0 ? [] : [this.#metric()];
    const scopeMetrics = [{ scope: { name: '@mlx/telemetry' }, metrics }];
    // The reader goes by its provider's resource.
    return { resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics }, errors: [] };
  }

  #metric(): HistogramMetricData {
    const endTime = now();
    return {
      descriptor: {
        name: 'mlx_inter_token_latency_seconds',
        description: 'Between two tokens of an answer as they were handed out',
        unit: '',
        valueType: ValueType.DOUBLE,
      },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [...this.#series].map(([model, { startTime, counts, sum }]) => ({
        startTime,
        endTime,
        attributes: { model },
        value: {
          buckets: { boundaries: [...gapBorders], counts: [...counts] },
          sum,
          count: counts.reduce((total, count) => total + count, 0),
        },
      })),
    };
  }
}

function newSeries(): Series {
  return { startTime: now(), counts: Array<number>(gapBorders.length + 1).fill(0), sum: 0 };
}

function now(): HrTime {
  const milliseconds = Date.now();
  return [Math.floor(milliseconds / 1000), (milliseconds % 1000) * 1e6];
}
