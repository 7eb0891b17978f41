import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EmbeddedEngine, startEmbeddedEngine } from '../../src/database/embedded/engine.ts';

// What `durabilityOf` returns for a standalone server; with `w: 'majority'` this engine loses writes.
const durable = { writeConcern: { w: 1, j: true } } as const;

let directory: string;
let undo: (() => Promise<unknown>)[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sos-embedded-'));
  undo = [() => rm(directory, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

async function start(): Promise<EmbeddedEngine> {
  const engine = await startEmbeddedEngine({ directory, log: () => {} });
  undo.push(() => engine.stop());
  return engine;
}

function connect(uri: string): MongoClient {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 });
  undo.push(() => client.close());
  return client;
}

async function startOwner(): Promise<{ owner: ChildProcess; enginePid: number }> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const script = fileURLToPath(new URL('../support/engine-owner.ts', import.meta.url));
  const owner = spawn(process.execPath, ['--import', tsx, script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(async () => owner.kill('SIGKILL'));
  const [printed] = await once(owner.stdout, 'data');
  return { owner, enginePid: Number(printed) };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the embedded engine', () => {
  test('serves a plain MongoClient', async () => {
    const { uri } = await start();
    const db = connect(uri).db('plain');
    const notes = db.collection<{ n: number; seen?: boolean }>('notes');
    await notes.createIndex({ n: 1 }, { unique: true });
    await notes.insertMany([{ n: 1 }, { n: 2 }]);
    await expect(notes.insertOne({ n: 1 })).rejects.toMatchObject({ code: 11000 });
    const seen = await notes.findOneAndUpdate(
      { n: 2 },
      { $set: { seen: true } },
      { returnDocument: 'after' },
    );
    expect(seen).toMatchObject({ n: 2, seen: true });
    const sum = await notes.aggregate([{ $group: { _id: null, sum: { $sum: '$n' } } }]).toArray();
    expect(sum).toEqual([{ _id: null, sum: 3 }]);
    const log = await db.createCollection('log', { capped: true, size: 4096 });
    await log.insertOne({ line: 1 });
    const tail = log.find({}, { tailable: true, awaitData: true });
    expect(await tail.next()).toMatchObject({ line: 1 });
    const next = tail.next();
    await log.insertOne({ line: 2 });
    expect(await next).toMatchObject({ line: 2 });
    await tail.close();
  });

  test('keeps acknowledged writes and its address when it is killed and started again', async () => {
    const first = await start();
    const client = connect(first.uri);
    const notes = client.db('kept').collection('notes', durable);
    await notes.insertMany(Array.from({ length: 200 }, (_, n) => ({ n })));
    await notes.insertOne({ n: 200 });
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

    const second = await start();
    expect(second.uri).toBe(first.uri);
    await first.stop();
    expect(await notes.countDocuments()).toBe(201);
  });

  test('ignores a Ctrl-C meant for its parent, and ends when it is asked to', async () => {
    const engine = await start();
    const client = connect(engine.uri);
    process.kill(engine.pid, 'SIGINT');
    process.kill(engine.pid, 'SIGTERM');
    await client.db('admin').command({ ping: 1 });
    await engine.stop();
    expect(await engine.exited).toEqual({ code: 0, signal: null });
    expect(isAlive(engine.pid)).toBe(false);
    const socket = decodeURIComponent(new URL(engine.uri).host);
    expect(existsSync(path.dirname(socket))).toBe(false);
    await engine.stop();
  });

  test('says which directory is in use, and leaves its owner in peace', async () => {
    const { owner, enginePid } = await startOwner();
    await expect(start()).rejects.toMatchObject({
      name: 'EmbeddedDirectoryInUse',
      message: expect.stringMatching(
        new RegExp(
          `^The database directory ${directory} is already open in process ${enginePid}: .*DATA_DIR`,
        ),
      ),
    });
    expect(isAlive(enginePid)).toBe(true);
    owner.kill('SIGTERM');
    await start();
  });

  test('ends when its parent is killed', async () => {
    const { owner, enginePid } = await startOwner();
    expect(isAlive(enginePid)).toBe(true);
    owner.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(enginePid)).toBe(false), { timeout: 10_000, interval: 20 });
  });

  test('says in one sentence that a directory cannot be used', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    await expect(startEmbeddedEngine({ directory: file, log: () => {} })).rejects.toMatchObject({
      name: 'EmbeddedEngineUnavailable',
      message: expect.stringContaining('MONGODB_URI'),
    });
  });
});
