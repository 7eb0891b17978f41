import type { AuditLog } from '../audit/audit-log.ts';
import { audited } from '../audit/audited.ts';
import { admin, anyCaller, staff } from '../http/access.ts';
import type { ApiRouter } from '../http/context.ts';
import { body, path, query } from '../http/request.ts';
import { apiRoutes, get, post, put } from '../http/routes.ts';
import { type TaskReaders, taskReader } from './access-steps.ts';
import { taskContent, taskEdit, taskPath, taskQuery } from './schemas.ts';
import type { TaskStore } from './task-store.ts';
import { taskFor } from './task-view.ts';

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
      const task = await tasks.get(ctx.state.path.task_id);
      ctx.body = { task: taskFor(ctx.state.caller, task) };
    }),

    post('/', [admin, body(taskContent), audited(audit, 'task_created', 'task')], async (ctx) => {
      const task = await tasks.create(ctx.state.body);
      ctx.state.target = { target_id: task.task_id };
      ctx.status = 201;
      ctx.body = { task };
    }),

    put(
      '/:task_id',
      [admin, path(taskPath), body(taskEdit), audited(audit, 'task_edited', 'task')],
      async (ctx) => {
        const replaces = ctx.state.path.task_id;
        const task = await tasks.edit(replaces, ctx.state.body);
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
