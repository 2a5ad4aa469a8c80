/** Written in by the build, from package.json. */
declare const BRIDGE_VERSION: string;

export const version: string = BRIDGE_VERSION;
