import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

/** A server with the default limits and little memory, on its own database; ends with the test (or file). */
export function startHostileServer(env: Record<string, string> = {}): Promise<ServerProcess> {
  const program = ['--max-old-space-size=256', '--enable-source-maps', 'dist/src/main.js'];
  return startServerProcess({ RATE_LIMITS: 'on', ...env }, program);
}
