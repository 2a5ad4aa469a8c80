export interface Point {
  /** Points of different groups have different levels: only their slopes are compared. */
  readonly group: number;
  readonly x: number;
  readonly y: number;
}

/** The common slope of all groups by least squares, each with a level of its own; 0 for too few points. */
export function pooledSlope(points: readonly Point[]): number {
  const groups = Map.groupBy(points, ({ group }) => group);
  let products = 0;
  let squares = 0;
  for (const members of groups.values()) {
    const meanX = mean(members.map(({ x }) => x));
    const meanY = mean(members.map(({ y }) => y));
    for (const { x, y } of members) {
      products += (x - meanX) * (y - meanY);
      squares += (x - meanX) ** 2;
    }
  }
  return squares === 0 ? 0 : products / squares;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
