import { runCommand } from '../process/run-command.js';

/** An interpreter that answered. */
export interface PythonInterpreter {
  /** The real interpreter behind shims and virtual environments. */
  readonly executable: string;
  readonly version: readonly [major: number, minor: number, micro: number];
  readonly implementation: string;
  readonly freeThreaded: boolean;
  /** 'arm64' or 'x86_64': an interpreter under Rosetta says 'x86_64'. */
  readonly machine: string;
  /** False where the distribution packages `venv` separately. */
  readonly canCreateEnvironments: boolean;
}

// Python 2 must be able to run it too, to say that it is too old.
const script = `
import json, platform, sys
try:
    import ensurepip, venv
    environments = True
except ImportError:
    environments = False
try:
    import sysconfig
    free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
except ImportError:
    free_threaded = False
print(json.dumps({
    "executable": getattr(sys, "_base_executable", None) or sys.executable,
    "version": list(sys.version_info[:3]),
    "implementation": platform.python_implementation(),
    "freeThreaded": free_threaded,
    "machine": platform.machine(),
    "canCreateEnvironments": environments,
}))
`;

/** Ask a command what Python it is; undefined when it does not answer, as a shim for nothing. */
export async function probePython(
  command: string,
  variables: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<PythonInterpreter | undefined> {
  const result = await runCommand(
    { command, args: ['-E', '-s', '-c', script], variables },
    { signal, timeoutMs: 10_000 },
  );
  if (result.exitCode !== 0) return undefined;
  try {
    return JSON.parse(result.stdout) as PythonInterpreter;
  } catch {
    return undefined;
  }
}
