/** A value in a unit of Grafana. */
export function formatValue(value: number, unit: string): string {
  switch (unit) {
    case 'percentunit':
      return `${Math.round(value * 100)}%`;
    case 's':
      return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
    case 'bytes':
      return value < 2 ** 30
        ? `${Math.round(value / 2 ** 20)} MiB`
        : `${(value / 2 ** 30).toFixed(1)} GiB`;
    case 'reqps':
      return `${value.toFixed(2)} req/s`;
    default:
      return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
  }
}
