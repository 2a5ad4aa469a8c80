import type { Row, Run, Size } from './cells.ts';
import type { Frame } from './session.ts';

const [CELL_WIDTH, LINE_HEIGHT, MARGIN] = [8.4, 19, 14];
/** The first sixteen colours as many terminals have them. */
const PALETTE = [
  '#484f58',
  '#ff7b72',
  '#3fb950',
  '#d29922',
  '#58a6ff',
  '#bc8cff',
  '#39c5cf',
  '#b1bac4',
  '#6e7681',
  '#ffa198',
  '#56d364',
  '#e3b341',
  '#79c0ff',
  '#d2a8ff',
  '#56d4dd',
  '#ffffff',
];
const STYLE = `text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}.b{font-weight:700}.d{opacity:.6}`;

/** A still picture. */
export function drawStill({ rows }: Frame, size: Size, title: string): string {
  return drawing(size, title, '', rows.map(drawRow).join(''));
}

/** A picture that moves: frames below each other, of which one is seen; over and over. */
export function drawFilm(frames: readonly Frame[], size: Size, title: string): string {
  const { height } = measure(size);
  const rows = new Map<string, string>();
  const strip = frames.map((frame, index) => {
    const uses = frame.rows.flatMap((row, line) => drawUse(row, line, rows));
    return `<g transform="translate(0 ${index * height})">${uses.join('')}</g>`;
  });
  const defined = [...rows].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`).join('');
  return drawing(
    size,
    title,
    roll(frames, height),
    `<defs>${defined}</defs><g class="film">${strip.join('')}</g>`,
  );
}

/** How long the last picture stays. */
const LAST_MS = 4000;

function roll(frames: readonly Frame[], height: number): string {
  const length = (frames.at(-1)?.at ?? 0) + LAST_MS;
  const steps = frames.map(
    ({ at }, index) =>
      `${((100 * at) / length).toFixed(2)}%{transform:translateY(-${index * height}px)}`,
  );
  const last = `100%{transform:translateY(-${(frames.length - 1) * height}px)}`;
  return `.film{animation:roll ${(length / 1000).toFixed(1)}s step-end infinite}@keyframes roll{${steps.join('')}${last}}`;
}

function drawUse(row: Row, line: number, rows: Map<string, string>): string[] {
  if (row.length === 0) return [];
  const drawn = row.map((run) => drawRun(run, 0)).join('');
  const id = rows.get(drawn) ?? `r${rows.size}`;
  rows.set(drawn, id);
  return [`<use href="#${id}" y="${line * LINE_HEIGHT}"/>`];
}

const drawRow = (row: Row, line: number): string =>
  row.map((run) => drawRun(run, line * LINE_HEIGHT)).join('');

function drawRun({ column, text, colour, bold, dim }: Run, y: number): string {
  const names = [bold ? 'b' : '', dim ? 'd' : ''].filter(Boolean).join(' ');
  const fill = colour === undefined ? '' : ` style="fill:${PALETTE[colour] ?? PALETTE[15]}"`;
  const place = `x="${(column * CELL_WIDTH).toFixed(1)}" y="${y + 14}"`;
  const length = `textLength="${(text.length * CELL_WIDTH).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text ${place} ${length}${names && ` class="${names}"`}${fill}>${escape(text)}</text>`;
}

function measure({ columns, rows }: Size) {
  return { width: Math.ceil(columns * CELL_WIDTH), height: rows * LINE_HEIGHT };
}

function drawing(size: Size, title: string, style: string, content: string): string {
  const { width, height } = measure(size);
  const [outerWidth, outerHeight] = [width + 2 * MARGIN, height + 2 * MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${outerWidth} ${outerHeight}" width="${outerWidth}" height="${outerHeight}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}${style}</style>`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<svg x="${MARGIN}" y="${MARGIN}" width="${width}" height="${height}">${content}</svg>`,
    '</svg>\n',
  ].join('\n');
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
