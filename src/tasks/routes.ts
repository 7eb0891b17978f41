import type { AuditLog } from '../audit/audit-log.ts';
import { duplicate, notFound } from '../errors.ts';
import { accountOf, callerOf, isStaff, onlyRoles } from '../http/access.ts';
import { type ApiRouter, apiRouter } from '../http/context.ts';
import { readBody, readQuery } from '../http/request.ts';
import { parse } from '../validation.ts';
import { taskContent, taskEdit, taskPath, taskQuery } from './schemas.ts';
import type { TaskStore } from './task-store.ts';
import { candidateTask } from './task-view.ts';

/** Tasks: staff list them, everybody with credentials reads one, administrators write them. */
export function taskRoutes(tasks: TaskStore, audit: AuditLog): ApiRouter {
  const router = apiRouter('/api/v1/tasks');

  router.get('/', onlyRoles('recruiter', 'admin'), async (ctx) => {
    const { cursor, limit, ...filter } = readQuery(ctx, taskQuery);
    const { items, next_cursor } = await tasks.list(filter, { cursor, limit });
    ctx.body = { tasks: items, next_cursor };
  });

  router.get('/:task_id', async (ctx) => {
    const caller = callerOf(ctx);
    const { task_id } = parse(taskPath, ctx.params);
    const task = await tasks.get(task_id);
    ctx.body = { task: isStaff(caller) ? task : candidateTask(task) };
  });

  router.post('/', onlyRoles('admin'), async (ctx) => {
    const content = await readBody(ctx, taskContent);
    if ((await tasks.latestVersion(content.task_code)) > 0) {
      throw duplicate(
        `There is a task "${content.task_code}" already; edit it with PUT /api/v1/tasks/{task_id}.`,
      );
    }
    const task = await tasks.insert(content, 1);
    await audit.record({
      actor_id: accountOf(ctx).user_id,
      action: 'task_created',
      target_type: 'task',
      target_id: task.task_id,
    });
    ctx.status = 201;
    ctx.body = { task };
  });

  router.put('/:task_id', onlyRoles('admin'), async (ctx) => {
    const { task_id } = parse(taskPath, ctx.params);
    const content = await readBody(ctx, taskEdit);
    const { task_code } = await tasks.get(task_id);
    const version = (await tasks.latestVersion(task_code)) + 1;
    const task = await tasks.insert({ task_code, ...content }, version);
    await tasks.supersede(task_code, version);
    await audit.record({
      actor_id: accountOf(ctx).user_id,
      action: 'task_edited',
      target_type: 'task',
      target_id: task.task_id,
      details: { task_code, version, replaces: task_id },
    });
    ctx.status = 201;
    ctx.body = { task };
  });

  router.post('/:task_id/deactivate', onlyRoles('admin'), async (ctx) => {
    const { task_id } = parse(taskPath, ctx.params);
    if (!(await tasks.setActive(task_id, false))) throw notFound(`There is no task ${task_id}.`);
    await audit.record({
      actor_id: accountOf(ctx).user_id,
      action: 'task_deactivated',
      target_type: 'task',
      target_id: task_id,
    });
    ctx.body = { task: await tasks.get(task_id) };
  });

  return router;
}
