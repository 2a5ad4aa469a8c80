/** One line on stderr; stdout belongs to the results. */
export type Progress = (message: string) => void;

export function createProgress(): Progress {
  const startedAt = performance.now();
  return (message) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(4);
    process.stderr.write(`${seconds} s  ${message}\n`);
  };
}
