/** Code, which stays as it is; one of TeX's own delimiters around a formula; or a line that is a formula. */
const PARTS =
  /(```[^]*?(?:```|(?![^]))|`[^`\n]*`)|\\\[([^]+?)\\\]|\\\((.+?)\\\)|^([ \t]*)\$\$([^$\n]+)\$\$[ \t]*$/gm;

/**
 * Models write `\(x\)` and `\[x\]`, which Markdown reads as escaped brackets; here they become
 * dollars. Dollars around a whole line get lines of their own, without which the formula would be
 * set as part of a text.
 */
export function withTexDelimiters(text: string): string {
  return text.replace(
    PARTS,
    (whole, code?: string, display?: string, inline?: string, indent = '', line?: string) => {
      if (code !== undefined) return whole;
      if (inline !== undefined) return `$$${inline}$$`;
      const formula = (display ?? line ?? '').trim();
      return `\n${indent}$$\n${indent}${formula}\n${indent}$$\n`;
    },
  );
}
