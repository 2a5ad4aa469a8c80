import { escape } from '../terminal/draw.ts';
import { formatValue } from './format-value.ts';
import type { Series } from './read-series.ts';

export interface DrawnPanel {
  readonly title: string;
  /** In units of Grafana's grid, 24 to a row. */
  readonly place: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly unit: string;
  readonly series: readonly Series[];
}

const [COLUMN, ROW, GAP, TOP] = [46, 24, 8, 44];
const [LEFT, HEAD, LEGEND_LINE] = [64, 30, 16];
const COLOURS = ['#73bf69', '#f2cc0c', '#8ab8ff', '#ff780a', '#f2495c', '#b877d9'];
const GRID_LINES = 4;
const STYLE =
  'text{font:11px system-ui,sans-serif;fill:#9fa7b3}.t{font-size:13px;font-weight:600;fill:#ccccdc}';

/** The panels where the dashboard has them, each with its curves and their names. */
export function drawDashboard(title: string, panels: readonly DrawnPanel[]): string {
  const bottom = Math.max(...panels.map(({ place }) => place.y + place.h));
  const [width, height] = [24 * COLUMN + GAP, TOP + bottom * ROW + GAP];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}</style><rect width="100%" height="100%" fill="#111217"/>`,
    `<text x="${GAP * 2}" y="28" class="t" style="font-size:17px">${escape(title)}</text>`,
    ...panels.map(drawPanel),
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, place, unit, series }: DrawnPanel): string {
  const [width, height] = [place.w * COLUMN - GAP, place.h * ROW - GAP];
  const legend = series.slice(0, COLOURS.length);
  const area = {
    width: width - LEFT - GAP,
    height: height - HEAD - legend.length * LEGEND_LINE - 2 * GAP,
  };
  const highest = Math.max(...series.flatMap(({ points }) => finite(points)), 0) * 1.1 || 1;
  const names = legend.map(({ name }, index) => {
    const y = HEAD + area.height + 2 * GAP + index * LEGEND_LINE + 4;
    return `<rect x="${LEFT}" y="${y}" width="12" height="3" fill="${COLOURS[index]}"/><text x="${LEFT + 18}" y="${y + 5}">${escape(name)}</text>`;
  });
  return [
    `<g transform="translate(${GAP + place.x * COLUMN} ${TOP + place.y * ROW})">`,
    `<rect width="${width}" height="${height}" rx="3" fill="#181b1f" stroke="#2c3235"/>`,
    `<text x="${GAP * 1.5}" y="20" class="t">${escape(title)}</text>`,
    ...gridLines(area, highest, unit),
    ...legend.map(({ points }, index) => drawCurve(points, area, highest, COLOURS[index] ?? '')),
    ...names,
    series.length === 0 ? `<text x="${width / 2 - 24}" y="${height / 2}">No data</text>` : '',
    '</g>',
  ].join('');
}

interface Area {
  readonly width: number;
  readonly height: number;
}

function gridLines({ width, height }: Area, highest: number, unit: string): string[] {
  return Array.from({ length: GRID_LINES + 1 }, (_, line) => {
    const y = HEAD + height - (line * height) / GRID_LINES;
    const value = formatValue((highest * line) / GRID_LINES, unit);
    return `<path d="M${LEFT} ${y}h${width}" stroke="#2c3235"/><text x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${value}</text>`;
  });
}

function drawCurve(
  points: Series['points'],
  { width, height }: Area,
  highest: number,
  colour: string,
): string {
  const shown = points.filter(([, value]) => Number.isFinite(value));
  const first = points[0]?.[0] ?? 0;
  const length = (points.at(-1)?.[0] ?? 0) - first || 1;
  const path = shown.map(([at, value], index) => {
    const x = LEFT + (width * (at - first)) / length;
    const y = HEAD + height - (height * value) / highest;
    return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `<path d="${path.join('')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

const finite = (points: Series['points']): number[] =>
  points.map(([, value]) => value).filter(Number.isFinite);
