import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Act, bodyOf, openActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { Lane } from '../lane.ts';
import type { SeededAttempt } from '../seed.ts';
import { median, percentile } from '../statistics.ts';

const EVENTS = 300;
const WATCHERS = 1000;
const CROWD_EVENTS = 100;
const CROWD_INTERVAL_MS = 50;

/** (c) How soon watchers hear of an event. */
export async function live(bench: Bench): Promise<void> {
  await bench.withServer('live', async ({ url }, seeder) => {
    const acts = openActs(seeder.task, 5000);
    const [alone, crowded] = await seeder.attempts(2);
    if (!alone || !crowded) throw new Error('unreachable');
    await oneWatcher(bench, url, alone, acts);
    await manyWatchers(bench, url, crowded, acts);
  });
}

async function oneWatcher(bench: Bench, url: string, attempt: SeededAttempt, acts: Act[]): Promise<void> {
  const heard = new Map<number, number>();
  const socket = await watch(url, attempt, (number) => heard.set(number, performance.now()));
  const lane = await Lane.open(url);
  const fromPosting: number[] = [];
  const fromAnswer: number[] = [];
  for (const [index, act] of acts.slice(0, EVENTS).entries()) {
    const sent = performance.now();
    await lane.expect('POST', '/api/v1/events', attempt.token, bodyOf(attempt.attempt_id, act));
    const answered = performance.now();
    await setTimeout(5);
    const at = heard.get(index + 1) ?? Number.POSITIVE_INFINITY;
    fromPosting.push(at - sent);
    fromAnswer.push(at - answered);
  }
  socket.terminate();
  lane.close();
  bench.report.begin('c');
  bench.report.add('one watcher: posting to event_ack, p50', median(fromPosting.slice(50)), 'ms');
  bench.report.add('one watcher: posting to event_ack, p99', percentile(fromPosting.slice(50), 0.99), 'ms');
  bench.report.add('one watcher: answer to event_ack, p50', median(fromAnswer.slice(50)), 'ms', {
    atMost: 2,
  });
}

async function manyWatchers(bench: Bench, url: string, attempt: SeededAttempt, acts: Act[]): Promise<void> {
  const delays: number[] = [];
  const sentAt: number[] = [];
  const sockets: WebSocket[] = [];
  for (let count = 0; count < WATCHERS; count += 50) {
    const group = Array.from({ length: 50 }, () =>
      watch(url, attempt, (number) => delays.push(performance.now() - (sentAt[number] ?? Number.NaN))),
    );
    sockets.push(...(await Promise.all(group)));
  }
  const lane = await Lane.open(url);
  const begun = performance.now();
  for (let number = 1; number <= CROWD_EVENTS; number += 1) {
    sentAt[number] = performance.now();
    await lane.expect(
      'POST',
      '/api/v1/events',
      attempt.token,
      bodyOf(attempt.attempt_id, acts[number - 1] as Act),
    );
    await setTimeout(Math.max(begun + number * CROWD_INTERVAL_MS - performance.now(), 0));
  }
  const rate = (CROWD_EVENTS / (performance.now() - begun)) * 1000;
  await setTimeout(500);
  for (const socket of sockets) socket.terminate();
  lane.close();
  const { report } = bench;
  report.add(`${WATCHERS} watchers of one attempt: events`, rate, '1/s', { atLeast: 19 });
  report.add(`${WATCHERS} watchers: events told, of all`, delays.length / (WATCHERS * CROWD_EVENTS), '', {
    atLeast: 1,
  });
  report.add(`${WATCHERS} watchers: posting to event_ack, p50`, median(delays), 'ms');
  report.add(`${WATCHERS} watchers: posting to event_ack, slowest`, percentile(delays, 1), 'ms', {
    atMost: 100,
  });
}

/** Resolves when the socket is live. @param hear called with the number of each event. */
function watch(url: string, attempt: SeededAttempt, hear: (number: number) => void): Promise<WebSocket> {
  const address = `${url.replace('http', 'ws')}/ws/attempts/${attempt.attempt_id}?token=${attempt.token}`;
  const socket = new WebSocket(address, { perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (message: Buffer) => {
      // Not parsed: a thousand watchers share the client's processor time.
      const text = message.toString('latin1');
      if (text.startsWith('{"type":"attempt_state"')) resolve(socket);
      else if (text.startsWith('{"type":"event_ack"'))
        hear(Number(/"sequence_number":(\d+)/.exec(text)?.[1]));
    });
  });
}
