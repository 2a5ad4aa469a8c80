const oldest = 20;

/** End with one line where Node is too old for the tools. */
export function requireNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldest) return;
  console.error(
    `Node ${process.versions.node} is too old: install Node ${oldest} or newer, then run this again.`,
  );
  process.exit(1);
}
