/** What a service runs. */
export interface ServiceDefinition {
  /** The program and its arguments, with absolute paths. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly environment: Readonly<Record<string, string>>;
}

export type ServiceStep = readonly [program: string, ...args: string[]];

/** One way in which a platform keeps a program running. */
export interface ServiceManager {
  /** As people know it, such as `systemd`. */
  readonly name: string;
  /** The file that describes the service. */
  readonly file: string;
  /** What is written into it. */
  render(definition: ServiceDefinition): string;
  /** Commands that start what was written, also where an older one runs. */
  readonly start: readonly ServiceStep[];
  /** Commands that end it before the file is removed. They may fail where it does not run. */
  readonly stop: readonly ServiceStep[];
  /** Commands for after the file was removed. */
  readonly forget: readonly ServiceStep[];
  /** Ends with 0 while the service runs. */
  readonly isRunning: ServiceStep;
  /** How to read its log. */
  readonly logs: string;
  /** What else a person may want to do after the installation. */
  readonly hints: readonly string[];
}
