declare const PROVIDER_VERSION: string;

export const version = PROVIDER_VERSION;
