import { startEmbeddedEngine } from '../../src/database/embedded/engine.ts';

// A process that owns an engine, for tests that kill it: prints the engine's pid and keeps running.
const engine = await startEmbeddedEngine({ directory: process.argv[2] ?? '', log: () => {} });
console.log(engine.pid);
await engine.exited;
