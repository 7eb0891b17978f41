import { Readable } from 'node:stream';
import { type Attempt, isRedeemed } from '../attempts/attempt.ts';
import { attemptReader } from '../attempts/routes/access-steps.ts';
import type { SessionRegistry } from '../attempts/session/session-registry.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import { attemptTooLarge } from '../errors.ts';
import { isStaff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { apiRoutes, get } from '../http/routes.ts';
import type { AttemptKeyStore } from '../journal/attempt-key-store.ts';
import type { Journal } from '../journal/journal.ts';
import type { RedemptionContent } from '../proof/formats.ts';
import { answerPending, completedAttempt, readingOf } from '../results/access-steps.ts';
import { pendingResults } from '../results/answers.ts';
import type { ResultStore } from '../results/result-store.ts';
import type { SealStore } from '../results/seal-store.ts';
import type { TooLargeAttempts } from '../results/too-large.ts';
import { resultsVersion } from '../results/versions.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { type Evidence, writeBundle } from './bundle.ts';
import type { LogStore } from './log/log-store.ts';
import { findLogEvidence } from './log-evidence.ts';

interface EvidenceRoutesServices {
  attempts: AttemptStore;
  audit: AuditLog;
  journal: Journal;
  keys: AttemptKeyStore;
  logStore: LogStore;
  results: ResultStore;
  seals: SealStore;
  sessions: SessionRegistry;
  tasks: TaskStore;
  tooLarge: TooLargeAttempts;
}

/** One file that proves what was recorded of an attempt and concluded from it, for its owner and for staff. */
export function evidenceRoutes(services: EvidenceRoutesServices): ApiRouter {
  const { attempts, audit, journal, sessions, tooLarge } = services;
  return apiRoutes('', [
    get(
      '/attempts/:attempt_id/evidence',
      [attemptReader(attempts), completedAttempt(sessions), audited(audit, 'evidence_read', 'attempt')],
      {
        summary: 'Read the evidence of a completed attempt, in one file',
        details:
          'With it anyone can check the record, the figures and the conclusions without this server. 202 until ' +
          'they are there and a checkpoint includes their seal. Candidates see no risk of options that they did not meet.',
        answers: { 200: 'application/json', 202: pendingResults },
        answerHeaders: { 'Retry-After': 'With 202: seconds after which to ask again.' },
        refuses: [attemptTooLarge],
      },
      async (ctx) => {
        const { attempt, caller } = ctx.state;
        const found = await findEvidence(attempt, services);
        if (!found) {
          answerPending(ctx, tooLarge);
          return;
        }
        ctx.state.target = readingOf(ctx.state);
        const events = journal.read(attempt.attempt_id);
        const bundle = writeBundle({ ...found, isForCandidate: !isStaff(caller) }, events);
        ctx.type = 'json';
        ctx.set('Content-Disposition', `attachment; filename="evidence-${attempt.attempt_id}.json"`);
        ctx.body = Readable.from(bundle);
      },
    ),
  ]);
}

/** @returns undefined until the results are there, and a checkpoint includes their seal */
async function findEvidence(
  attempt: Attempt,
  { keys, logStore, results, seals, tasks }: EvidenceRoutesServices,
): Promise<Omit<Evidence, 'isForCandidate'> | undefined> {
  const { attempt_id, chain } = attempt;
  const [profile, metrics, seal, key] = await Promise.all([
    results.findProfile(attempt_id),
    results.findMetrics(attempt_id),
    seals.find(attempt_id),
    chain && keys.find(attempt_id),
  ]);
  if (!profile || !metrics || !isRedeemed(attempt)) return undefined;
  const task = await tasks.get(attempt.task_id);
  const { explain } = resultsVersion(profile.interpreter_version);
  const found = { attempt, task, metrics, profile, explanation: explain(metrics, task) };
  if (!chain) return found;
  if (!seal) return undefined;
  const redemption: RedemptionContent = {
    kind: 'redemption',
    attempt_id,
    first_digest: seal.first_digest,
    redeemed_at: attempt.redeemed_at.toISOString(),
  };
  const log = await findLogEvidence(logStore, chain, redemption, seal);
  return log && { ...found, proof: { chain, key, seal, log } };
}
