import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Mailbox } from '../../../src/attempts/session/mailbox.ts';
import { Refusal } from '../../../src/errors.ts';

describe('a mailbox', () => {
  it('takes one job at a time, in the order of arrival', async () => {
    const mailbox = new Mailbox(100);
    const log: string[] = [];
    let underWay = 0;
    const jobs = Array.from({ length: 20 }, (_, n) =>
      mailbox.run(async () => {
        underWay += 1;
        expect(underWay).toBe(1);
        log.push(`begin ${n}`);
        // Earlier jobs take longer, so that later ones would overtake them if they could.
        for (let turn = n; turn < 20; turn += 1) await setImmediate();
        log.push(`end ${n}`);
        underWay -= 1;
        return n;
      }),
    );
    expect(await Promise.all(jobs)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(log).toEqual(Array.from({ length: 20 }, (_, n) => [`begin ${n}`, `end ${n}`]).flat());
  });

  it('goes on after a job that failed, which only its own sender learns', async () => {
    const mailbox = new Mailbox(10);
    const failing = mailbox.run(async () => {
      throw new Error('broken');
    });
    const next = mailbox.run(async () => 'fine');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('fine');
    expect(mailbox.depth).toBe(0);
  });

  it('takes no more bytes than a few large events have, but one job of any size', async () => {
    const mailbox = new Mailbox(100);
    const MIB = 1024 * 1024;
    const large = mailbox.run(async () => 'large', { events: 1, bytes: 10 * MIB });
    expect(() => mailbox.run(async () => 'more', { events: 1, bytes: 1 })).toThrow(
      expect.objectContaining({ code: 'overloaded' }),
    );
    const free = mailbox.run(async () => 'nothing kept');
    expect(await Promise.all([large, free])).toEqual(['large', 'nothing kept']);
    const halves = [MIB, MIB].map((bytes) => mailbox.run(async () => bytes, { events: 1, bytes }));
    expect(() => mailbox.run(async () => 'more', { events: 1, bytes: 1 })).toThrow(Refusal);
    await Promise.all(halves);
  });

  it('refuses at once what exceeds its capacity, and takes again what fits', async () => {
    const mailbox = new Mailbox(2);
    let release: () => void = () => undefined;
    const untilReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = mailbox.run(() => untilReleased);
    const second = mailbox.run(async () => 'second');
    expect(mailbox.depth).toBe(2);
    let ran = false;
    const third = () =>
      mailbox.run(async () => {
        ran = true;
      });
    expect(third).toThrow(Refusal);
    expect(third).toThrow(expect.objectContaining({ status: 503, code: 'overloaded' }));
    await setImmediate();
    release();
    await Promise.all([first, second]);
    expect(mailbox.depth).toBe(0);
    expect(ran).toBe(false);
    expect(await mailbox.run(async () => 'again')).toBe('again');
  });

  it('counts the events of a batch, and takes any batch that nothing is before', async () => {
    const mailbox = new Mailbox(5);
    const batch = mailbox.run(async () => 'batch', { events: 4, bytes: 0 });
    expect(mailbox.depth).toBe(4);
    expect(() => mailbox.run(async () => 'another', { events: 2, bytes: 0 })).toThrow(Refusal);
    const single = mailbox.run(async () => 'single');
    expect(await Promise.all([batch, single])).toEqual(['batch', 'single']);
    expect(await mailbox.run(async () => 'large', { events: 6, bytes: 0 })).toBe('large');
  });
});
