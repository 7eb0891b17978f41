import { z } from 'zod';
import { validationFailed } from '../errors.ts';
import { type Step, withFacts } from '../http/routes.ts';
import type { Task } from './task.ts';
import type { ReadVersion } from './task-edit.ts';

/** The entity tag of a version as staff read it. All of a version that can change is whether it is active. */
export const versionTag = ({ version, is_active }: Task): string =>
  `"${version}${is_active ? '' : '-inactive'}"`;

/** Proxies that compress mark the tags they pass on as weak, so such a tag is as good as ours. */
const TAG = /^(?:W\/)?"?(\d{1,9})(-inactive)?"?$/;

/**
 * Step: reads which version `If-Match` names. `*`, which any version matches, is like no header.
 * @throws Refusal 422 for anything but one tag that `versionTag` made
 */
export const ifMatch: Step<{ ifMatch: ReadVersion | undefined }> = withFacts(
  {
    headers: { 'If-Match': z.string().describe('The `ETag` that GET gave: the version that is edited.') },
    refuses: [validationFailed],
  },
  async (ctx, next) => {
    const header = ctx.get('if-match').trim();
    ctx.state.ifMatch = header === '' || header === '*' ? undefined : readTag(header);
    await next();
  },
);

function readTag(header: string): ReadVersion {
  const [, version, inactive] = TAG.exec(header) ?? [];
  if (version === undefined) {
    const message = 'must be the ETag that GET /api/v1/tasks/{task_id} gave, such as "3"';
    throw validationFailed([{ path: 'If-Match', message }]);
  }
  return { version: Number(version), is_active: inactive === undefined };
}
