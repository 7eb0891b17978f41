import { expect } from 'vitest';

/** The problem details of every refusal. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { path: string; message: string }[];
  state?: unknown;
  allowed_events?: string[];
  server_time?: string;
}

/** The problem details of a refusal, after checking their form. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Problem;
  // If the path contains a secret, the problem contains a path without it.
  expect(problem).toMatchObject({ status: response.status, instance: expect.stringMatching(/^\/api\/v1\//) });
  for (const field of [problem.type, problem.title, problem.detail, problem.code]) expect(field).toBeTruthy();
  return problem;
}
