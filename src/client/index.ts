export * from './client.ts';
export * from './start.ts';
export type * from './wire.ts';
