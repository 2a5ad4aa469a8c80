/** Written in by the build, from package.json. */
declare const ENGINE_VERSION: string;

export const version: string = ENGINE_VERSION;
