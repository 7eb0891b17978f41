import { z } from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import { duplicate, notFound, staleVersion } from '../errors.ts';
import { admin, anyCaller, isStaff, staff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { pageOf } from '../http/page-query.ts';
import { body, path, query } from '../http/request.ts';
import { apiRoutes, get, post, put } from '../http/routes.ts';
import { type TaskReaders, taskReader } from './access-steps.ts';
import { TASK_BODY_LIMIT, taskContent, taskEdit, taskEditAsSent, taskPath, taskQuery } from './schemas.ts';
import type { TaskStore } from './task-store.ts';
import { candidateTask, candidateTaskView, taskView } from './task-view.ts';
import { ifMatch, versionTag } from './version-tag.ts';

interface TaskRoutesServices {
  attempts: TaskReaders;
  tasks: TaskStore;
  audit: AuditLog;
}

const oneTask = z.object({ task: taskView });

const EXAMPLE = {
  task_code: 'release-decision',
  title: 'Release or wait',
  description: 'Decide how a new version is brought out.',
  scenario: 'The new version is ready, and one customer has reported a fault in it.',
  category: 'prioritization',
  time_limit_seconds: 600,
  requires_reasoning: true,
  options: [
    {
      option_code: 'A',
      label: 'Everywhere at once',
      description: 'All customers get it today.',
      risk_tag: 'high',
      metadata: { trade_off_type: 'speed_vs_safety', domain: 'operations' },
    },
    {
      option_code: 'B',
      label: 'One site first',
      description: 'The others follow in a week.',
      risk_tag: 'low',
      metadata: { trade_off_type: 'speed_vs_safety', domain: 'operations' },
    },
  ],
};

/** Tasks: staff list them, candidates read that of their own attempt, administrators write them. */
export function taskRoutes({ attempts, tasks, audit }: TaskRoutesServices): ApiRouter {
  return apiRoutes('/tasks', [
    get(
      '/',
      [staff, query(taskQuery)],
      {
        summary: 'List tasks',
        details: 'By code, the newest version of each first.',
        answers: { 200: pageOf('tasks', taskView) },
      },
      async (ctx) => {
        const { cursor, limit, ...filter } = ctx.state.query;
        const { items, next_cursor } = await tasks.list(filter, { cursor, limit });
        ctx.body = { tasks: items, next_cursor };
      },
    ),

    get(
      '/:task_id',
      [anyCaller, path(taskPath), taskReader(attempts)],
      {
        summary: 'Read a task',
        details: 'Risk tags, option metadata and marks are for staff only.',
        answers: { 200: z.union([oneTask, z.object({ task: candidateTaskView })]) },
        answerHeaders: { ETag: 'The version, for `If-Match`; for staff.' },
        refuses: [notFound],
      },
      async (ctx) => {
        const { caller, path } = ctx.state;
        if (!isStaff(caller)) {
          ctx.body = { task: candidateTask(await tasks.get(path.task_id)) };
          return;
        }
        const task = await tasks.read(path.task_id);
        ctx.set('ETag', versionTag(task));
        ctx.body = { task };
      },
    ),

    post(
      '/',
      [admin, body(taskContent, TASK_BODY_LIMIT), audited(audit, 'task_created', 'task')],
      {
        summary: 'Create a task',
        details: '2 to 12 options with different codes, in the order of display.',
        answers: { 201: oneTask },
        refuses: [duplicate],
        example: EXAMPLE,
      },
      async (ctx) => {
        const task = await tasks.create(ctx.state.body);
        ctx.state.target = { target_id: task.task_id };
        ctx.status = 201;
        ctx.body = { task };
      },
    ),

    put(
      '/:task_id',
      [
        admin,
        path(taskPath),
        ifMatch,
        body(taskEdit, TASK_BODY_LIMIT, taskEditAsSent),
        audited(audit, 'task_edited', 'task'),
      ],
      {
        summary: 'Edit a task, which makes a new version',
        details:
          'Takes what GET answers. The version that is edited is named by `version`, else `If-Match`, else the id. ' +
          'Fields that no edit can change may be sent back unchanged; options are moved in the array or by ' +
          '`display_order`. Attempts and tokens keep their version.',
        answers: { 201: oneTask },
        refuses: [notFound, staleVersion],
        example: EXAMPLE,
      },
      async (ctx) => {
        const { path, body, ifMatch } = ctx.state;
        const { task, replaces } = await tasks.edit(path.task_id, body, ifMatch);
        const { task_id, task_code, version } = task;
        ctx.state.target = { target_id: task_id, details: { task_code, version, replaces } };
        ctx.status = 201;
        ctx.body = { task };
      },
    ),

    post(
      '/:task_id/deactivate',
      [admin, path(taskPath), audited(audit, 'task_deactivated', 'task')],
      {
        summary: 'Close a version for new tokens',
        answers: { 200: oneTask },
        refuses: [notFound],
      },
      async (ctx) => {
        const task = await tasks.deactivate(ctx.state.path.task_id);
        ctx.state.target = { target_id: task.task_id };
        ctx.body = { task };
      },
    ),
  ]);
}
