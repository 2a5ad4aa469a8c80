/** Code, which stays as it is, or one of TeX's own delimiters around a formula. */
const PARTS = /(```[^]*?(?:```|$)|`[^`\n]*`)|\\\[([^]+?)\\\]|\\\((.+?)\\\)/g;

/** Models write `\(x\)` and `\[x\]`, which Markdown reads as escaped brackets; here they become dollars. */
export function withTexDelimiters(text: string): string {
  return text.replace(PARTS, (whole, code?: string, display?: string, inline?: string) => {
    if (code !== undefined) return whole;
    return display === undefined ? `$$${inline ?? ''}$$` : `\n$$\n${display.trim()}\n$$\n`;
  });
}
