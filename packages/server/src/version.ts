/** Written in by the build, from package.json. */
declare const SERVER_VERSION: string;

export const version: string = SERVER_VERSION;
