const LINE_ENDS = [
  ['\u0085', '\\u0085'],
  ['\u2028', '\\u2028'],
  ['\u2029', '\\u2029'],
] as const;

/**
 * JSON that stays one line for every reader. JSON escapes the line ends of ASCII only; Python's
 * `str.splitlines`, by which httpx and requests read lines, ends one at these three, too.
 */
export function oneLine(value: object): string {
  let text = JSON.stringify(value);
  for (const [end, escaped] of LINE_ENDS) {
    if (text.includes(end)) text = text.replaceAll(end, escaped);
  }
  return text;
}
