import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileSink, LogOutput, StreamSink } from '../src/log-output.ts';
import { atTheEnd } from './support/at-the-end.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const LINE = `${JSON.stringify({ msg: 'x'.repeat(1000) })}\n`;
const messageOf = (line: string): string => JSON.parse(line).msg;
const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);
const LOST = (count: number) =>
  `${count} log lines were dropped: the disk under the log was full, or nobody read it.`;

/** A disk with room for a number of lines. */
function disk(room: number) {
  const lines: string[] = [];
  return {
    lines,
    room,
    write(line: string): boolean {
      if (lines.length >= this.room) return false;
      lines.push(line);
      return true;
    },
  };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a log without room', () => {
  it('given a full disk, then lines are dropped, and the next line that fits comes after their number', () => {
    const full = disk(1);
    const output = new LogOutput(full);
    for (let line = 0; line < 4; line += 1) output.write(LINE);
    full.room = 10;
    output.write('next\n');
    output.write('last\n');
    expect(full.lines).toEqual([LINE, expect.stringContaining(LOST(3)), 'next\n', 'last\n']);
    expect(JSON.parse(full.lines[1] ?? '')).toMatchObject({ level: 40, dropped: 3 });
  });

  it('given that nothing more is logged, then the number is said anyway', () => {
    vi.useFakeTimers();
    const full = disk(0);
    const output = new LogOutput(full);
    output.write(LINE);
    vi.advanceTimersByTime(60_000);
    full.room = 10;
    vi.advanceTimersByTime(60_000);
    expect(full.lines.map(messageOf)).toEqual([LOST(1)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('given room for the number only, then the line after it is counted anew', () => {
    const full = disk(0);
    const output = new LogOutput(full);
    output.write(LINE);
    full.room = 1;
    output.write(LINE);
    full.room = 10;
    output.write(LINE);
    expect(full.lines.map(messageOf)).toEqual([LOST(1), LOST(1), messageOf(LINE)]);
  });
});

describe('a log in a file', () => {
  it('never throws on a full disk', () => {
    const full = openSync('/dev/full', 'w');
    atTheEnd(() => closeSync(full));
    const sink = new FileSink(full);
    expect([sink.write(LINE), sink.write(LINE)]).toEqual([false, false]);
  });

  it('given a line that was cut where the disk became full, then the next one begins a line of its own', async () => {
    // A pipe that nobody reads takes 64 KB and then, like a full disk, no more.
    const path = join(await temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    atTheEnd(() => closeSync(pipe));
    const read = () => {
      const bytes = Buffer.alloc(1024 * 1024);
      return bytes.toString('utf8', 0, readSync(pipe, bytes));
    };
    const output = new LogOutput(new FileSink(pipe));
    output.write(`${JSON.stringify({ msg: 'x'.repeat(100_000) })}\n`);
    const [cut] = linesOf(read());
    expect(cut?.length).toBeLessThan(100_000);
    output.write(LINE);
    const written = read();
    expect(written).toMatch(/^\n/);
    expect(linesOf(written).map(messageOf)).toEqual([LOST(1), messageOf(LINE)]);
  });
});

describe('a log in a pipe', () => {
  it('given a reader that stops, then little is kept for it, and whole lines go on when it reads again', async () => {
    const pipe = new PassThrough();
    const output = new LogOutput(new StreamSink(pipe));
    for (let line = 0; line < 2000; line += 1) output.write(LINE);
    expect(pipe.writableLength).toBeLessThanOrEqual(256 * 1024);
    let said = '';
    pipe.on('data', (text) => {
      said += text;
    });
    await setImmediate();
    output.write('{"msg":"after"}\n');
    await setImmediate();
    const lines = linesOf(said);
    const kept = lines.filter((line) => `${line}\n` === LINE).length;
    expect(kept).toBeGreaterThan(100);
    const dropped = lines.reduce((sum, line) => sum + (JSON.parse(line).dropped ?? 0), 0);
    expect(dropped).toBe(2000 - kept);
    expect(messageOf(lines.at(-1) ?? '')).toBe('after');
  });

  it('given a reader that has gone, then nothing is written and nothing thrown', () => {
    const pipe = new PassThrough();
    const sink = new StreamSink(pipe);
    pipe.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(sink.write(LINE)).toBe(false);
    expect(pipe.writableLength).toBe(0);
  });
});
