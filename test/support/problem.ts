import { expect } from 'vitest';

/** What is wrong, as every refusal says it. */
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
}

/** The problem details of a refusal, after looking at its form. */
export async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Problem;
  // Where the path holds a secret, the problem names the route instead.
  expect(problem).toMatchObject({ status: response.status, instance: expect.stringMatching(/^\/api\/v1\//) });
  for (const field of [problem.type, problem.title, problem.detail, problem.code]) expect(field).toBeTruthy();
  return problem;
}
