interface ChartProps {
  readonly title: string;
  readonly values: readonly number[];
  readonly format: (value: number) => string;
}

const WIDTH = 240;
const HEIGHT = 40;
/** Places for a minute of samples. */
const PLACES = 60;

/** A line of the last minute, its last value beside its name. */
export function Chart({ title, values, format }: ChartProps) {
  const last = values.at(-1);
  const highest = Math.max(...values, Number.EPSILON);
  const points = values.map((value, index) => {
    const x = ((PLACES - values.length + index) / (PLACES - 1)) * WIDTH;
    const y = HEIGHT - 2 - (value / highest) * (HEIGHT - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <figure className="chart">
      <figcaption>
        <span>{title}</span>
        <strong>{last === undefined ? '–' : format(last)}</strong>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <polyline points={points.join(' ')} />
      </svg>
    </figure>
  );
}
