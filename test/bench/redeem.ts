import { Lane } from './lane.ts';
import type { SeededAttempt, Seeder } from './seed.ts';

/** Tokens that one request issues. */
const ORDER = 100;
const LANES = 20;

/** Creates attempts as candidates get them: a recruiter issues tokens, and each is redeemed over the API. */
export async function redeemedAttempts(url: string, seeder: Seeder, count: number): Promise<SeededAttempt[]> {
  const tokens: string[] = [];
  const redeemed: SeededAttempt[] = [];
  const { task } = seeder;
  const redeem = async (lane: Lane) => {
    for (let token = tokens.pop(); token !== undefined; token = tokens.pop()) {
      const body = await lane.expect('POST', '/api/v1/attempts', '', JSON.stringify({ token }));
      const { attempt, access_token } = JSON.parse(body) as {
        attempt: { attempt_id: string };
        access_token: string;
      };
      redeemed.push({ attempt_id: attempt.attempt_id, token: access_token, task, stored: 0 });
    }
  };
  const issuing = await Lane.open(url);
  for (let issued = 0; issued < count; issued += ORDER) {
    const order = JSON.stringify({ task_id: task.task_id, count: ORDER });
    const body = await issuing.expect('POST', '/api/v1/tokens/generate', seeder.staffToken, order);
    const answer = JSON.parse(body) as { tokens: { token: string }[] };
    tokens.push(...answer.tokens.map(({ token }) => token));
  }
  issuing.close();
  const lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.open(url)));
  await Promise.all(lanes.map(redeem));
  for (const lane of lanes) lane.close();
  return redeemed;
}
