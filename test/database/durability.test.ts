import { MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { Availability } from '../../src/database/availability.ts';
import { durabilityOf } from '../../src/database/durability.ts';
import { createLog } from '../../src/log.ts';

/** A server that answers `hello` like this. */
const serverThat = (hello: object) => ({ command: async () => hello });

describe('what decides is read from the primary, and only what will not be taken back', () => {
  it.each([{ setName: 'rs0' }, { msg: 'isdbgrid' }])('of %j', async (hello) => {
    expect(await durabilityOf(serverThat(hello))).toMatchObject({
      readPreference: { mode: 'primary' },
      readConcern: { level: 'majority' },
      writeConcern: { w: 'majority', j: true },
    });
  });

  it('where there is only one server it has no majority to wait for', async () => {
    const durability = await durabilityOf(serverThat({ isWritablePrimary: true }));
    expect(durability).toMatchObject({
      readPreference: { mode: 'primary' },
      writeConcern: { w: 1, j: true },
    });
    expect(durability.readConcern).toBeUndefined();
  });
});

describe('a read that meets a replica set in the middle of a step-down', () => {
  it.each([
    ['NotWritablePrimary', 10107],
    ['InterruptedDueToReplStateChange', 11602],
    ['PrimarySteppedDown', 189],
    ['NotPrimaryNoSecondaryOk', 13435],
    ['NotPrimaryOrSecondary', 13436],
    ['ShutdownInProgress', 91],
    ['InterruptedAtShutdown', 11600],
  ])('is refused with 503, not 500: %s', async (codeName, code) => {
    const availability = new Availability(async () => undefined, createLog('silent'));
    availability.start();
    // As the driver throws it, without any label.
    const read = async () => {
      throw new MongoServerError({ message: 'not primary', code, codeName });
    };
    await expect(availability.run(read)).rejects.toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(availability.isAway).toBe(false);
    availability.stop();
  });
});
