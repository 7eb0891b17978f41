import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** One import in a file: of one of our files (path from the root) or of a package. */
interface Import {
  from: string;
  to: string;
  /** Whether it imports only types, so that nothing of it is left at run time. */
  typeOnly: boolean;
}

const filesIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file.split(path.sep).join('/')}`)
    .sort();

const text = (file: string) => readFileSync(path.join(root, file), 'utf8');

function importsOf(file: string): Import[] {
  const statements = text(file).matchAll(
    /^(?:import|export)\s+(?:(type)\s+)?((?:\{[^}]*\}|[\w*$\s,]|\{[^}]*\})*?)\s*from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...statements].map(([, type, names = '', named, bare, dynamic]) => {
    const target = named ?? bare ?? dynamic ?? '';
    const list = /^\{([^}]*)\}$/.exec(names.trim())?.[1]?.split(',');
    const allTypes = list
      ?.map((name) => name.trim())
      .filter(Boolean)
      .every((name) => name.startsWith('type '));
    const to = target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : target;
    return { from: file, to, typeOnly: type !== undefined || allTypes === true };
  });
}

const ours = [...filesIn('machines'), ...filesIn('src')];
const imports = ours.flatMap(importsOf);

const within = (...folders: string[]) => {
  return (file: string) => folders.some((folder) => file === folder || file.startsWith(`${folder}/`));
};
const isOurs = within('src', 'machines');
const shown = ({ from, to }: Import) => `${from} imports ${to}`;

/** Imports of files in `folder` that go anywhere but to `allowed` (ours or packages) or within the folder. */
const strays = (folder: string, ...allowed: string[]) =>
  imports.filter(({ from, to }) => within(folder)(from) && !within(folder, ...allowed)(to)).map(shown);
/** Like `strays`, but ignores packages. */
const straysAmongOurs = (folder: string, ...allowed: string[]) =>
  imports
    .filter(({ from, to }) => within(folder)(from) && isOurs(to) && !within(folder, ...allowed)(to))
    .map(shown);

it('the imports are found', () => {
  expect(imports.length).toBeGreaterThan(ours.length);
  expect(imports.map(shown)).toContain('src/attempts/session/attempt-actor.ts imports xstate');
  for (const { from, to } of imports.filter(({ to }) => isOurs(to))) {
    expect(ours.includes(to) || !to.endsWith('.ts'), `${from}: ${to}`).toBe(true);
  }
});

const TASK_FACTS = ['src/tasks/task.ts', 'src/tasks/general-marks.ts'];

/** The rooms from the ground up: an import goes down or stays in its room, never up again. */
const ROOMS: string[][] = [
  ['src/client'],
  [
    'src/fields.ts',
    'src/moments.ts',
    'src/addresses.ts',
    'src/caller.ts',
    'src/clock.ts',
    'src/errors.ts',
    'src/plain-messages.ts',
    'src/validation.ts',
    'src/config.ts',
    'src/data-directory.ts',
    'src/kept-secret.ts',
    'src/log.ts',
    'src/log-output.ts',
    'src/periodic.ts',
  ],
  ['src/events'],
  ['machines'],
  ['src/proof'],
  ['src/database'],
  ['src/journal'],
  ['src/http'],
  ['src/telemetry'],
  ['src/audit'],
  ['src/tasks'],
  ['src/accounts'],
  ['src/attempts'],
  ['src/results'],
  ['src/evidence'],
  ['src/tokens'],
  ['src/live'],
  ['src/inspector', 'src/authors'],
  ['src/reference'],
  [
    'src/collections.ts',
    'src/services.ts',
    'src/app.ts',
    'src/background.ts',
    'src/server.ts',
    'src/start-failure.ts',
    'src/node-version.ts',
    'src/run.ts',
    'src/main.ts',
  ],
  ['src/tools'],
];
const floorOf = (file: string) => ROOMS.findIndex((room) => within(...room)(file));

describe('rooms', () => {
  it('every file is in one of them', () => {
    expect(ours.filter((file) => floorOf(file) === -1)).toEqual([]);
  });

  it('no import goes up again', () => {
    const up = imports.filter(({ from, to }) => isOurs(to) && floorOf(to) > floorOf(from));
    expect(up.map(shown)).toEqual([]);
  });

  it('among the attempts neither: stored attempts, then sessions, then their upkeep, then routes', () => {
    const inside = (room: string) => `src/attempts/${room}`;
    const above = (...rooms: string[]) => within(...rooms.map(inside));
    const up = (room: string, ...rooms: string[]) =>
      imports.filter(({ from, to }) => within(inside(room))(from) && above(...rooms)(to)).map(shown);
    expect(up('stored', 'session', 'upkeep', 'routes', 'intake.ts')).toEqual([]);
    expect(up('session', 'upkeep', 'routes', 'intake.ts')).toEqual([]);
    expect(up('upkeep', 'routes', 'intake.ts')).toEqual([]);
  });
});

describe('each layer knows only those below it', () => {
  it('events know nothing of ours but the fields', () => {
    expect(strays('src/events', 'src/fields.ts', 'zod')).toEqual([]);
  });

  it('machines know events, and only their types', () => {
    expect(strays('machines', 'src/events', 'xstate')).toEqual([]);
    expect(
      imports.filter(
        ({ from, to, typeOnly }) =>
          within('machines')(from) && isOurs(to) && !within('machines')(to) && !typeOnly,
      ),
    ).toEqual([]);
  });

  it('metrics, interpretation and counterfactuals know events and what a task is, and no package', () => {
    expect(strays('src/results/metrics', 'src/events', ...TASK_FACTS)).toEqual([]);
    expect(strays('src/results/interpretation', 'src/results/metrics', 'src/events', ...TASK_FACTS)).toEqual(
      [],
    );
    expect(
      strays(
        'src/results/counterfactuals',
        'src/results/interpretation',
        'src/results/metrics',
        'src/results/v1.0.0',
        'src/attempts/session/volume.ts',
        'src/events',
        ...TASK_FACTS,
      ),
    ).toEqual([]);
    expect(strays('src/results/v1.0.0', 'src/results/metrics', 'src/events', 'src/tasks/task.ts')).toEqual(
      [],
    );
  });

  it('the database knows nothing of what is stored in it', () => {
    expect(straysAmongOurs('src/database', 'src/errors.ts', 'src/config.ts', 'src/fields.ts')).toEqual([]);
  });

  it('who calls is told in a file that imports nothing', () => {
    expect(imports.filter(({ from }) => from === 'src/caller.ts').map(shown)).toEqual([]);
  });

  it('the proof knows events, refusals and no package', () => {
    expect(strays('src/proof', 'src/events', 'src/errors.ts', 'node:crypto')).toEqual([]);
  });

  it('the journal knows events, the proof and the database', () => {
    expect(straysAmongOurs('src/journal', 'src/events', 'src/proof', 'src/database')).toEqual([]);
  });

  it('the live channel is known to the app only, to what describes it, and to the page that shows its messages', () => {
    const knowing = imports.filter(({ from, to }) => within('src/live')(to) && !within('src/live')(from));
    expect(
      knowing
        .filter(
          ({ from, typeOnly }) =>
            !['src/app.ts', 'src/reference/asyncapi.ts'].includes(from) &&
            !(typeOnly && within('src/inspector')(from)),
        )
        .map(shown),
    ).toEqual([]);
  });

  it('attempts do not know results, tokens, accounts or the live channel', () => {
    const above = within(
      'src/results',
      'src/tokens',
      'src/accounts',
      'src/live',
      'src/inspector',
      'src/tools',
    );
    expect(imports.filter(({ from, to }) => within('src/attempts')(from) && above(to)).map(shown)).toEqual(
      [],
    );
  });

  it('nothing of the server knows the commands', () => {
    const isCommand = within('src/tools');
    expect(imports.filter(({ from, to }) => !isCommand(from) && isCommand(to)).map(shown)).toEqual([]);
  });
});

describe('what comes from outside stays in its place', () => {
  const users = (is: (to: string) => boolean) =>
    [...new Set(imports.filter(({ to }) => is(to)).map(({ from }) => from))].filter(
      (file) => !within('src/inspector/page')(file),
    );

  it('only stores, lists, the journal and the database folder know mongodb', () => {
    const may = [
      /-(store|list|projector)\.ts$/,
      /\/collections?\.ts$/,
      /^src\/(database|journal)\//,
      /^src\/accounts\/refresh-tokens\.ts$/,
      // Creates the ids of events.
      /^src\/services\.ts$/,
    ];
    expect(
      users((to) => to === 'mongodb').filter((file) => !may.some((pattern) => pattern.test(file))),
    ).toEqual([]);
  });

  it('only routes, http, live and the app know Koa', () => {
    const isKoa = (to: string) => /^(@?koa\b|@koa\/)/.test(to) || to === 'src/http/context.ts';
    const may = [/routes\.ts$/, /^src\/(http|live)\//, /^src\/(app|server)\.ts$/];
    const others = users(isKoa).filter((file) => !may.some((pattern) => pattern.test(file)));
    // Steps of routes need the type of the context.
    expect(
      others.filter(
        (file) => !imports.some(({ from, to, typeOnly }) => from === file && isKoa(to) && typeOnly),
      ),
    ).toEqual([]);
    expect(others.filter((file) => imports.some(({ from, to }) => from === file && /koa/.test(to)))).toEqual(
      [],
    );
  });

  it('only machines, attempts, the computations and the developers’ tools know xstate', () => {
    const may = within('machines', 'src/attempts', 'src/results/finalise.ts', 'src/inspector', 'src/tools');
    expect(users((to) => to === 'xstate' || to.startsWith('xstate/')).filter((file) => !may(file))).toEqual(
      [],
    );
  });
});

describe('no file comes back to itself', () => {
  const targets = new Map(
    ours.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]),
  );

  it('over its imports, types among them', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const follow = (file: string, way: string[]): void => {
      if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' → '));
      if (done.has(file) || way.includes(file)) return;
      for (const next of targets.get(file) ?? []) follow(next, [...way, file]);
      done.add(file);
    };
    for (const file of ours) follow(file, []);
    expect(cycles).toEqual([]);
  });
});

it('no file of the program is longer than 250 lines', () => {
  expect(ours.filter((file) => text(file).split('\n').length > 251)).toEqual([]);
});
