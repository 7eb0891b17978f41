import { eventsOf, type OpenedEvents, refuseUnrecorded } from './events.ts';
import { checkChain, checkKey, checkLog, checkSeal, checkSignature, checkStart } from './proof.ts';
import { type Bundle, readBundle } from './read-bundle.ts';
import {
  CannotCheck,
  CHECKS,
  type Check,
  type CheckName,
  Failed,
  type Finding,
  type Report,
} from './report.ts';
import { checkExplanation, checkMachine, checkMetrics, checkProfile } from './results.ts';

/**
 * Checks an evidence bundle as `src/proof/README.md` describes it, with nothing but the file.
 * @param publicKey the key that must have signed, as the server publishes it; without it, any key may have signed
 */
export async function verifyEvidence(file: string, publicKey?: string): Promise<Report> {
  const checks: Check[] = [];
  const run = async <T>(name: CheckName, check: () => Promise<T> | T): Promise<T | undefined> => {
    const made: Check = { name, title: CHECKS[name], status: 'holds', findings: [] };
    checks.push(made);
    try {
      return await check();
    } catch (error) {
      made.status = error instanceof CannotCheck ? 'cannot' : 'fails';
      made.findings = findingsOf(error);
      return undefined;
    }
  };
  const bundle = await run('file', () => readBundle(file));
  if (!bundle) return reportOn(checks);
  await run('key', () => checkKey(bundle));
  await run('start', () => checkStart(bundle));
  await run('chain', () => checkChain(bundle));
  // Even if some cannot be opened, the rest is checked.
  let opened: OpenedEvents = { events: [], missing: [] };
  await run('sealed', async () => {
    opened = await eventsOf(bundle);
    refuseUnrecorded(opened);
  });
  await run('machine', () => checkMachine(bundle, opened.events));
  await run('metrics', () => checkMetrics(bundle, opened));
  await run('profile', () => checkProfile(bundle));
  await run('explanation', () => checkExplanation(bundle));
  await run('seal', () => checkSeal(bundle));
  await run('log', () => checkLog(bundle));
  await run('signature', () => checkSignature(bundle, publicKey));
  return reportOn(checks, bundle);
}

function findingsOf(error: unknown): Finding[] {
  if (error instanceof Failed) return error.findings;
  return [{ detail: error instanceof Error ? causeOf(error) : String(error) }];
}

/** Some errors of the server's code say only in their cause what is wrong. */
const causeOf = ({ cause, message }: Error): string => (typeof cause === 'string' ? cause : message);

function reportOn(checks: Check[], bundle?: Bundle): Report {
  const statuses = checks.map(({ status }) => status);
  const isWhole = !statuses.includes('cannot');
  const verdict = statuses.includes('fails') ? 'fails' : isWhole ? 'holds' : 'incomplete';
  if (!bundle) return { verdict, checks };
  const { attempt, events, task, profile, log } = bundle;
  const report: Report = {
    verdict,
    checks,
    attempt_id: attempt.attempt_id,
    event_count: events.length,
    task: `${task.task_code} (version ${task.version}): ${task.title}`,
    skills: (profile.inferred_skills ?? []).map(
      ({ skill_label, confidence }) => `${skill_label} (${confidence})`,
    ),
  };
  if (log) report.public_key = log.public_key;
  return report;
}
