const misleading = new Set([
  'PYTHONHOME',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'PIP_TARGET',
  'PIP_PREFIX',
  'PIP_USER',
  'UV_PYTHON',
  'UV_SYSTEM_PYTHON',
]);

/** Without what would lead an interpreter or installer to another environment. */
export function cleanVariables(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(variables).filter(([name]) => !misleading.has(name));
  return { ...Object.fromEntries(kept), PYTHONNOUSERSITE: '1', PYTHONUTF8: '1' };
}
