/**
 * The most processor time, in milliseconds, that one turn of the event loop
 * took while `run` ran: how long anyone else would have had to wait for it on
 * a machine of their own.
 */
export async function longestTurn(run: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = cpuMs();
  let timer = setImmediate(function tick() {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    timer = setImmediate(tick);
  });
  await run();
  clearImmediate(timer);
  return longest;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
