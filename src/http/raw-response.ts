import type { Refusal } from '../errors.ts';
import { problemOf } from './problem-details.ts';

/** A complete HTTP response with problem details, for connections without a response object. */
export function rawProblem(refusal: Refusal): string {
  const problem = problemOf(refusal, '');
  const body = JSON.stringify(problem);
  const { retry_after } = refusal.details;
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Connection: close',
    ...(retry_after === undefined ? [] : [`Retry-After: ${retry_after}`]),
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
