import type { IBufferCell, Terminal } from '@xterm/headless';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Style {
  /** A colour of the palette of 256; undefined: the usual one. */
  readonly colour: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** Characters of one style, and where they begin. */
export interface Run extends Style {
  readonly column: number;
  readonly text: string;
}

export type Row = readonly Run[];

/** What a screen shows, without what scrolled away. */
export function readRows(screen: Terminal, { columns, rows }: Size): Row[] {
  const { active } = screen.buffer;
  return Array.from({ length: rows }, (_, row) => {
    const line = active.getLine(active.viewportY + row);
    const cells = Array.from({ length: columns }, (_cell, column) => line?.getCell(column));
    return toRuns(cells);
  });
}

function toRuns(cells: readonly (IBufferCell | undefined)[]): Run[] {
  const runs: Run[] = [];
  for (const [column, cell] of cells.entries()) {
    const text = cell?.getChars() || ' ';
    const style = styleOf(cell);
    const last = runs.at(-1);
    if (last && isSame(last, style)) runs.push({ ...last, text: (runs.pop()?.text ?? '') + text });
    else runs.push({ ...style, column, text });
  }
  const filled = runs.map((run, index) =>
    index === runs.length - 1 ? { ...run, text: run.text.trimEnd() } : run,
  );
  return filled.filter(({ text }) => text.trim() !== '');
}

function styleOf(cell: IBufferCell | undefined): Style {
  return {
    colour: cell?.isFgPalette() ? cell.getFgColor() : undefined,
    bold: Boolean(cell?.isBold()),
    dim: Boolean(cell?.isDim()),
  };
}

const isSame = (one: Style, other: Style): boolean =>
  one.colour === other.colour && one.bold === other.bold && one.dim === other.dim;
