import { riskSalt } from '../proof/chain-start.ts';
import { type ChainedTask, riskParts } from '../proof/formats.ts';
import { hashParts } from '../proof/hash.ts';
import type { Task, TaskOption } from './task.ts';

/** The task as an attempt's chain covers it. @param secret of the attempt's chain */
export function chainedTask(task: Task, secret: Uint8Array): ChainedTask {
  return {
    ...contentOf(task),
    options: task.options.map((option) => ({ ...textOf(option), risk: riskDigest(option, secret) })),
  };
}

/** What never changes of a version of a task, besides its options. */
export const contentOf = (task: Task) => ({
  category: task.category,
  description: task.description,
  marks: task.marks,
  requires_reasoning: task.requires_reasoning,
  scenario: task.scenario,
  task_code: task.task_code,
  task_id: task.task_id,
  time_limit_seconds: task.time_limit_seconds,
  title: task.title,
  version: task.version,
});

/** What everybody may know of an option. */
export const textOf = ({ description, display_order, label, option_code, option_id }: TaskOption) => ({
  description,
  display_order,
  label,
  option_code,
  option_id,
});

/** The salted digest of an option's risk tag, base64url. */
export const riskDigest = ({ option_id, risk_tag }: TaskOption, secret: Uint8Array): string =>
  hashParts(riskParts(riskSalt(secret, option_id), risk_tag)).toString('base64url');
