import { join } from 'node:path';
import type { ServiceDefinition, ServiceManager } from './service-manager.js';

const UNIT = 'mlx-serve.service';

/** A unit of the user's own systemd: no root, and the models of this user. */
export function systemd(home: string, configHome = join(home, '.config')): ServiceManager {
  return {
    name: 'systemd',
    file: join(configHome, 'systemd', 'user', UNIT),
    render: renderUnit,
    start: [
      ['systemctl', '--user', 'daemon-reload'],
      ['systemctl', '--user', 'enable', UNIT],
      ['systemctl', '--user', 'restart', UNIT],
    ],
    stop: [['systemctl', '--user', 'disable', '--now', UNIT]],
    forget: [['systemctl', '--user', 'daemon-reload']],
    isRunning: ['systemctl', '--user', 'is-active', '--quiet', UNIT],
    logs: `journalctl --user -u ${UNIT} -f`,
    hints: [
      'It runs while you are logged in. To have it run from the start of the machine: loginctl enable-linger',
      `Secrets such as MLX_API_KEY and HF_TOKEN belong into ${join(configHome, 'mlx-serve', 'environment')}, one NAME=value a line.`,
    ],
  };
}

/**
 * `TimeoutStopSec` leaves running answers their time to end; `mixed` tells only
 * the server of it, which ends the models itself.
 */
function renderUnit({ command, environment }: ServiceDefinition): string {
  const variables = Object.entries(environment).map(
    ([name, value]) => `Environment=${quote(`${name}=${value}`)}`,
  );
  return `[Unit]
Description=MLX language models over HTTP
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${command.map((word) => quote(word.replaceAll('$', '$$$$'))).join(' ')}
${[...variables, 'EnvironmentFile=-%E/mlx-serve/environment'].join('\n')}
Restart=on-failure
RestartSec=5
KillMode=mixed
TimeoutStopSec=40
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`;
}

/** In systemd's quotes, where `%` begins a specifier. */
function quote(word: string): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return `"${escaped}"`;
}
