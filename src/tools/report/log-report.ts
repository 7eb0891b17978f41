import type { Discrepancy } from '../log/discrepancies.ts';
import type { LogError } from '../log/read-log.ts';
import type { ReplayedAttempt } from '../log/replay.ts';
import { quote } from '../scenario/fields.ts';
import { asWords, wrap } from './text.ts';

type Outcome = 'as recorded' | 'differs' | 'played';

export function outcomeOf({ discrepancies, isCompared }: ReplayedAttempt): Outcome {
  if (discrepancies.length > 0) return 'differs';
  return isCompared ? 'as recorded' : 'played';
}

/** One line of JSON for programs. */
export function attemptJson(replayed: ReplayedAttempt): string {
  const { isCompared: _, attempt_id, ...rest } = replayed;
  return JSON.stringify({ attempt_id, outcome: outcomeOf(replayed).replace(' ', '_'), ...rest });
}

/** One line for reading and, beneath it, everything that comes out otherwise. */
export function attemptLines(replayed: ReplayedAttempt): string[] {
  const { attempt_id, events, status, skills, discrepancies } = replayed;
  const conclusions = Object.values(skills?.behavioral_summary ?? {}).map(asWords);
  const told = conclusions.join(', ') || `${asWords(status)}, no results`;
  const line = wrap(`${events} events  ${told}`, `${outcomeOf(replayed).padEnd(11)}  ${attempt_id}  `);
  return [...line, ...discrepancies.map(discrepancyLine)];
}

const discrepancyLine = ({ field, recorded, computed }: Discrepancy): string =>
  `  ${field}: recorded ${quote(recorded)}, computed ${quote(computed)}`;

/** `attempts.jsonl:12 is not JSON …` */
export const logErrorLine = ({ file, line, message }: LogError): string => `${file}:${line} ${message}`;
