import { describe, expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const TOKEN = 'a-token-for-prometheus';

describe('GET /metrics', () => {
  it('tells what was recorded, refused and answered, and names nobody', async () => {
    const { admin, api, url } = await startTestServer();
    const task = await createTask(admin);
    const candidate = await admitCandidate(admin, api, task);
    await candidate.post(selects(0, 'A'));
    await candidate.does(starts(0), views(1, 'A', 500), selects(2, 'A'), completes(3, 'A'));
    await candidate.results('skills');
    const events = [candidate.body(views(4, 'A', 1)), candidate.body(views(4, 'A', 1))];
    await candidate.api.send('POST', '/events/batch', { events });

    await eventually(async () => {
      const response = await fetch(`${url}/metrics`);
      expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
      const text = await response.text();
      const value = (sample: string) =>
        Number(
          text
            .split('\n')
            .find((line) => line.startsWith(`${sample} `))
            ?.split(' ')
            .at(-1),
        );
      expect(value('sos_events_recorded_total{event_type="task_completed"}')).toBe(1);
      expect(value('sos_events_recorded_total{event_type="option_viewed"}')).toBe(1);
      expect(value('sos_event_append_duration_seconds_count')).toBe(4);
      expect(value('sos_completion_to_locked_duration_seconds_count')).toBe(1);
      expect(value('sos_events_refused_total{code="sequence_violation"}')).toBe(1);
      expect(value('sos_events_refused_total{code="attempt_locked"}')).toBe(1);
      expect(value('sos_sessions_open')).toBe(1);
      expect(value('sos_watchers_open')).toBe(0);
      expect(value('sos_journal_waiting')).toBe(0);
      const events = 'http_request_method="POST",http_route="/api/v1/events",http_response_status_code';
      expect(value(`http_server_request_duration_seconds_count{${events}="201"}`)).toBe(4);
      expect(value(`http_server_request_duration_seconds_count{${events}="409"}`)).toBe(1);
      expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
      expect(text).not.toContain(candidate.attempt_id);
      expect(text).not.toContain(candidate.user_id);
    });
  });

  it('is for whoever has the METRICS_TOKEN, and in production for nobody else', async () => {
    const production = {
      NODE_ENV: 'production',
      JWT_SECRET: 's'.repeat(32),
      SIGNING_KEY: 'k'.repeat(32),
      HOST: '127.0.0.1',
    };
    const closed = await startTestServer(production);
    expect((await fetch(`${closed.url}/metrics`)).status).toBe(404);

    const { url } = await startTestServer({ ...production, METRICS_TOKEN: TOKEN });
    const ask = (authorization?: string) =>
      fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
    for (const wrong of [undefined, 'Bearer ', `Bearer ${TOKEN}x`, TOKEN])
      expect((await ask(wrong)).status).toBe(401);
    expect((await ask(`Bearer ${TOKEN}`)).status).toBe(200);
  });
});
