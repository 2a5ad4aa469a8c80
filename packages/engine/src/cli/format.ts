const KIB = 1024;
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** '98.4 MiB' */
export function formatBytes(bytes: number): string {
  const power = Math.min(
    BYTE_UNITS.length - 1,
    Math.max(0, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(KIB))),
  );
  const value = bytes / KIB ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[power]}`;
}

/** '135M', '7.2B' */
export function formatCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`;
  return count >= 1e6 ? `${Math.round(count / 1e6)}M` : String(count);
}

const SECOND = 1000;
const STEPS = [
  [60 * SECOND, SECOND, 's'],
  [3600 * SECOND, 60 * SECOND, 'min'],
  [48 * 3600 * SECOND, 3600 * SECOND, 'h'],
  [Number.POSITIVE_INFINITY, 24 * 3600 * SECOND, 'd'],
] as const;

/** '5 min' */
export function formatDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const [, unit, name] = STEPS.find(([limit]) => length < limit) ?? STEPS[3];
  return `${Math.round(length / unit)} ${name}`;
}

/** Columns as wide as their widest cell, two blanks apart. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

export const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
