import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { RISK_TAGS } from '../../tasks/task.ts';
import { SKILL_CODES } from './expected-results.ts';
import { fields, milliseconds } from './fields.ts';

/** What runs when no persona is named: the one whose hurried run shows what its real one does. */
export const DEFAULT_PERSONA = 'decisive';

const risk = z.enum(RISK_TAGS);
const act = <Does extends string, Shape extends z.ZodRawShape>(does: Does, shape: Shape) =>
  fields({ does: z.literal(does), ...shape });

const persona = fields({
  name: z.string(),
  /** One sentence, in the third person. */
  description: z.string(),
  shows: z.array(z.enum(SKILL_CODES)),
  acts: z.array(
    z.discriminatedUnion('does', [
      act('reads the scenario', { for: milliseconds }),
      act('thinks', { for: milliseconds }),
      /** At one option, or for this long at each of them in display order. */
      act('looks', { at: z.enum([...RISK_TAGS, 'every']), except: risk.optional(), for: milliseconds }),
      /** Always another option than the selected one: where they have the same risk, the next best. */
      act('selects', { option: risk }),
      act('writes', { text: z.string(), for: milliseconds }),
      /** Closes the window and comes back. */
      act('leaves', { for: milliseconds }),
    ]),
  ),
});

/** A way to work through a task, as data. It ends with completing the attempt. */
export type Persona = z.output<typeof persona>;

export const personas: readonly Persona[] = z
  .array(persona)
  .parse(parse(readFileSync(new URL('./personas.yaml', import.meta.url), 'utf8')));
