/** Answers that are described and that no test sees over HTTP in its own process, each with the reason. */
const EXCUSED: Record<string, string> = {
  'GET /log/checkpoint 404': 'only in the first second of a new log',
  'GET /log/entries 404': 'the same',
  'GET /log/proof 404': 'the same',
  'GET /metrics 401': 'only in production: test/telemetry starts processes of their own',
  'GET /metrics 404': 'the same',
};

/** Answers that the same code gives for every operation; other tests see them for some. */
const EVERYWHERE: Record<string, string> = {
  500: 'internal errors have no cause that a test could give from outside: test/http/hostile-requests.test.ts',
  503: 'the database is away: test/faults',
  429: 'limits are off in most tests: test/http/rate-limits.test.ts, caller-turns.test.ts',
};

/** The pairs of operation and status of the document that are neither seen nor excused. */
export function unexcused(openApi: object, seen: ReadonlySet<string>): string[] {
  const { paths } = openApi as { paths: Record<string, Record<string, { responses: object }>> };
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.keys(responses)
        .map((status) => ({ pair: `${method.toUpperCase()} ${template} ${status}`, status }))
        .filter(({ pair, status }) => !seen.has(pair) && !(pair in EXCUSED) && !(status in EVERYWHERE))
        .map(({ pair }) => pair),
    ),
  );
}
