import { join } from 'node:path';
import type { ServiceDefinition, ServiceManager } from './service-manager.js';

const LABEL = 'local.mlx-serve';

/** An agent of the user's launchd: it begins with the login. */
export function launchd(home: string, userId: number): ServiceManager {
  const file = join(home, 'Library', 'LaunchAgents', `${LABEL}.plist`);
  const log = join(home, 'Library', 'Logs', 'mlx-serve.log');
  const domain = `gui/${userId}`;
  return {
    name: 'launchd',
    file,
    render: (definition) => renderPlist(definition, log),
    start: [['launchctl', 'bootstrap', domain, file]],
    stop: [['launchctl', 'bootout', `${domain}/${LABEL}`]],
    forget: [],
    isRunning: ['launchctl', 'print', `${domain}/${LABEL}`],
    logs: `tail -F ${log}`,
    hints: [
      `The log grows until it is moved away; macOS does that by a line of /etc/newsyslog.d/mlx-serve.conf: ${log} : 600 5 10240 * NJ`,
      'Secrets do not belong into this file: name a file of keys as server.api_keys_file in the configuration.',
    ],
  };
}

/**
 * The server writes its log itself and notices when the file is moved away;
 * what launchd catches beside it is what a crash leaves. `Interactive` keeps
 * macOS from slowing the models down.
 */
function renderPlist({ command, environment }: ServiceDefinition, log: string): string {
  const variables = { ...environment, MLX_SERVING__LOGGING__DESTINATION: log };
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${escape(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${Object.entries(variables).map(pair).join('\n')}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>40</integer>
  <key>ProcessType</key>
  <string>Interactive</string>
  <key>StandardErrorPath</key>
  <string>${escape(log.replace(/\.log$/, '.crash.log'))}</string>
</dict>
</plist>
`;
}

const pair = ([name, value]: [string, string]) =>
  `    <key>${escape(name)}</key>\n    <string>${escape(value)}</string>`;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
