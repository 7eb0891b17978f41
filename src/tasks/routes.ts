import type { AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import { admin, anyCaller, isStaff, staff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { body, path, query } from '../http/request.ts';
import { apiRoutes, get, post, put } from '../http/routes.ts';
import { type TaskReaders, taskReader } from './access-steps.ts';
import { TASK_BODY_LIMIT, taskContent, taskEdit, taskPath, taskQuery } from './schemas.ts';
import type { TaskStore } from './task-store.ts';
import { candidateTask } from './task-view.ts';
import { ifMatch, versionTag } from './version-tag.ts';

interface TaskRoutesServices {
  attempts: TaskReaders;
  tasks: TaskStore;
  audit: AuditLog;
}

/** Tasks: staff list them, candidates read that of their own attempt, administrators write them. */
export function taskRoutes({ attempts, tasks, audit }: TaskRoutesServices): ApiRouter {
  return apiRoutes('/tasks', [
    get('/', [staff, query(taskQuery)], async (ctx) => {
      const { cursor, limit, ...filter } = ctx.state.query;
      const { items, next_cursor } = await tasks.list(filter, { cursor, limit });
      ctx.body = { tasks: items, next_cursor };
    }),

    get('/:task_id', [anyCaller, path(taskPath), taskReader(attempts)], async (ctx) => {
      const { caller, path } = ctx.state;
      if (!isStaff(caller)) {
        ctx.body = { task: candidateTask(await tasks.get(path.task_id)) };
        return;
      }
      const task = await tasks.read(path.task_id);
      ctx.set('ETag', versionTag(task));
      ctx.body = { task };
    }),

    post(
      '/',
      [admin, body(taskContent, TASK_BODY_LIMIT), audited(audit, 'task_created', 'task')],
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
        body(taskEdit, TASK_BODY_LIMIT),
        audited(audit, 'task_edited', 'task'),
      ],
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
      async (ctx) => {
        const task = await tasks.deactivate(ctx.state.path.task_id);
        ctx.state.target = { target_id: task.task_id };
        ctx.body = { task };
      },
    ),
  ]);
}
