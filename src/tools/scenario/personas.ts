import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { RISK_TAGS } from '../../tasks/task.ts';
import { SKILL_CODES } from './expected-results.ts';
import { fields, milliseconds } from './fields.ts';

/** What runs when no persona is named: the one whose hurried run shows what its real one does. */
export const DEFAULT_PERSONA = 'decisive';

const risk = z.enum(RISK_TAGS);
const time = { for: milliseconds };

const persona = fields({
  name: z.string(),
  /** One sentence, in the third person. */
  description: z.string(),
  shows: z.array(z.enum(SKILL_CODES)),
  acts: z.array(
    z.discriminatedUnion('does', [
      fields({ does: z.literal(['reads the scenario', 'thinks']), ...time }),
      /** At one option, or for this long at each of them in display order. */
      fields({ does: z.literal('looks'), at: risk.or(z.literal('every')), except: risk.optional(), ...time }),
      /** Always another option than the selected one: where they have the same risk, the next best. */
      fields({ does: z.literal('selects'), option: risk }),
      fields({ does: z.literal('writes'), text: z.string(), ...time }),
      /** Closes the window and comes back. */
      fields({ does: z.literal('leaves'), ...time }),
    ]),
  ),
});

/** A way to work through a task, as data. It ends with completing the attempt. */
export type Persona = z.output<typeof persona>;

export const personas: readonly Persona[] = z
  .array(persona)
  .parse(parse(readFileSync(new URL('./personas.yaml', import.meta.url), 'utf8')));
