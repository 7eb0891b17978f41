import { MongoAPIError, MongoClient, MongoParseError, MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, readConfig } from '../src/config.ts';
import { EmbeddedDirectoryInUse, EmbeddedEngineUnavailable } from '../src/database/embedded/unavailable.ts';
import { DatabaseRefused } from '../src/database/upgrade/database-refused.ts';
import { explainFailure } from '../src/start-failure.ts';

const LISTENING = { host: '203.0.113.9', port: 80 };

/** What a function throws. */
function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

/** An error of the operating system. */
const systemError = (syscall: string, code: string) =>
  Object.assign(new Error(`${syscall} ${code}`), { syscall, code });
const answer = (code: number, errmsg: string) => new MongoServerError({ ok: 0, code, errmsg });

describe('a failed start that an operator can mend is explained in words', () => {
  it.each<[string, unknown, string]>([
    [
      'an engine that cannot run',
      new EmbeddedEngineUnavailable('why'),
      'The embedded database cannot start: why;',
    ],
    [
      'a directory in use',
      new EmbeddedDirectoryInUse('/data', 'process 7'),
      '/data is already open in process 7:',
    ],
    ['a database that was refused', new DatabaseRefused('Stop the others first.'), 'Stop the others first.'],
    ['a port in use', systemError('listen', 'EADDRINUSE'), 'Port 80 is already in use; set PORT'],
    [
      'a port of the system',
      systemError('listen', 'EACCES'),
      'may not listen on port 80; set PORT to one from 1024',
    ],
    [
      'an address elsewhere',
      systemError('listen', 'EADDRNOTAVAIL'),
      'HOST=203.0.113.9 is not an address of this',
    ],
    [
      'a name nobody knows',
      systemError('getaddrinfo', 'ENOTFOUND'),
      'HOST=203.0.113.9 is not an address of this',
    ],
    [
      'a missing certificate',
      systemError('open', 'ENOENT'),
      'A file named by the settings cannot be opened: open',
    ],
    [
      'a host without an address',
      systemError('querySrv', 'ENOTFOUND'),
      'The host in MONGODB_URI has no address:',
    ],
    ['a wrong URI', new MongoParseError('no port'), 'MONGODB_URI is not valid: no port.'],
    ['a wrong option', new MongoAPIError('no such option'), 'MONGODB_URI is not valid: no such option.'],
    [
      'a full disk',
      answer(14_031, 'available disk space'),
      'too little free space to build an index (available',
    ],
    ['a wrong password', answer(18, 'Authentication failed'), 'refuses the user or password of MONGODB_URI:'],
    [
      'missing rights',
      answer(13, 'not authorized'),
      'The user of MONGODB_URI needs the right to read and write',
    ],
  ])('%s', (_, error, words) => {
    const said = explainFailure(error, LISTENING);
    expect(said).toContain(words);
    expect(said).not.toMatch(/^ {4}at /m);
    expect(said.split('\n')).toHaveLength(1);
  });

  it('settings that are not valid: one line for each', () => {
    const error = thrownBy(() => readConfig({ PORT: 'x', NODE_ENV: 'staging', TRUST_PROXY: '-1' }));
    expect(error).toBeInstanceOf(ConfigurationError);
    const [first, ...problems] = explainFailure(error, undefined).split('\n');
    expect(first).toBe('The settings are not valid:');
    expect(problems.map((line) => /^ {2}\w+/.exec(line)?.[0])).toEqual(
      expect.arrayContaining(['  PORT', '  NODE_ENV', '  TRUST_PROXY']),
    );
    expect(problems).toHaveLength(3);
  });

  it('a MongoDB where nothing answers', async () => {
    const client = new MongoClient('mongodb://127.0.0.1:9', { serverSelectionTimeoutMS: 50 });
    const error = await client.connect().catch((reason: unknown) => reason);
    expect(explainFailure(error, LISTENING)).toMatch(/^Nothing answers at MONGODB_URI: .*127\.0\.0\.1:9$/);
  });
});

describe('a bug is shown whole', () => {
  it.each([
    ['an unknown error', new TypeError('x is not a function')],
    ['an error of the database that no setting mends', answer(8, 'unknown error')],
    ['an error of the system elsewhere', systemError('write', 'EPIPE')],
  ])('%s', (_, error) => {
    expect(explainFailure(error, LISTENING)).toBe(error.stack);
  });

  it('whatever else was thrown', () => {
    expect(explainFailure('a text', undefined)).toBe('a text');
  });
});
