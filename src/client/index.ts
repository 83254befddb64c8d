export * from './client.ts';
export * from './start.ts';
