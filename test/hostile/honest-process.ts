import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * An honest candidate's front end in a process of its own, so that what the attacker costs the test's process is not
 * taken for the server's slowness. Posts one event after another over one connection, and tells its parent what it saw.
 */

/** What the parent sends first. */
export interface HonestTask {
  url: string;
  token: string;
  attempt_id: string;
  /** The option that the candidate views again and again. */
  option: { option_id: string; option_code: string };
}

/** What was seen since the last report. */
export interface HonestReport {
  /** How long each acknowledgement took, in milliseconds. */
  acknowledgedMs: number[];
  /** Every other answer, in words. */
  refused: string[];
}

/** About 30 events a second, which the default limits allow. */
const PAUSE_MS = 30;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let report: HonestReport = { acknowledgedMs: [], refused: [] };

function post({ url, token, attempt_id, option }: HonestTask): Promise<void> {
  const body = JSON.stringify({
    attempt_id,
    event_type: 'option_viewed',
    timestamp_client: new Date().toISOString(),
    payload: { ...option, duration_ms: 1 },
  });
  const since = performance.now();
  return new Promise((resolve) => {
    const failed = (error: Error) => {
      report.refused.push(error.message);
      resolve();
    };
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(`${url}/api/v1/events`, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.on('data', (part) => {
        answer += part;
      });
      response.on('error', failed);
      response.on('end', () => {
        if (response.statusCode === 201) report.acknowledgedMs.push(performance.now() - since);
        else report.refused.push(`${response.statusCode} ${answer}`);
        resolve();
      });
    });
    sent.on('error', failed);
    sent.end(body);
  });
}

let working = false;
process.on('message', async (message: HonestTask | 'report') => {
  if (message === 'report') {
    process.send?.(report);
    report = { acknowledgedMs: [], refused: [] };
    return;
  }
  if (working) return;
  working = true;
  for (;;) {
    await post(message);
    await sleep(PAUSE_MS);
  }
});
process.on('disconnect', () => process.exit());
