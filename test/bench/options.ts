import { parseArgs } from 'node:util';

export const SECTIONS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
export type SectionName = (typeof SECTIONS)[number];

export interface Options {
  only: readonly SectionName[];
  /** Compiled entry point of the server. */
  server: string;
  /** Compiled entry point of another version, measured in turn with this one (section a). */
  against: string | undefined;
  /** Seconds that each throughput round lasts. */
  seconds: number;
  rounds: number;
  /** Numbers of open attempts at which memory is measured, ascending. */
  openAttempts: number[];
  /** Stored events at which the start is measured, ascending; the lists are measured on the last. */
  history: number[];
}

export const USAGE = `npm run bench -- [--only a,b,…] [--quick] [--seconds N] [--rounds N] [--open N,N,…] [--history N,N,…]
  a  durable events per second and latency      e  cost of an event in long attempts
  b  the same against the floor server          f  completion
  c  the live channel                           g  start-up with a long history
  d  memory of open and of evicted attempts     h  lists with a long history
  --against FILE   dist/src/main.js of another version: section a measures both in turn and compares them
  --quick   short rounds and small histories: for looking, not for comparing`;

const numbers = (list: string) => list.split(',').map(Number);

/** @throws Error with a readable message for an unknown option. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: SECTIONS.join(',') },
      quick: { type: 'boolean', default: false },
      server: { type: 'string', default: 'dist/src/main.js' },
      against: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      open: { type: 'string' },
      history: { type: 'string' },
    },
  });
  const only = values.only.split(',') as SectionName[];
  const unknown = only.find((name) => !SECTIONS.includes(name));
  if (unknown !== undefined) throw new Error(`There is no section "${unknown}".`);
  const { quick } = values;
  return {
    only,
    server: values.server,
    against: values.against,
    seconds: Number(values.seconds ?? (quick ? 3 : 8)),
    rounds: Number(values.rounds ?? (quick ? 1 : 3)),
    openAttempts: numbers(values.open ?? (quick ? '1000,5000' : '1000,10000,50000')),
    history: numbers(values.history ?? (quick ? '0,20000,100000' : '0,100000,1000000')),
  };
}
