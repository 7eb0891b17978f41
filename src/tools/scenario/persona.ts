import type { SkillCode } from '../../results/interpretation/interpret.ts';
import type { RiskTag } from '../../tasks/task.ts';

/**
 * What a persona does next. Options are described by their risk, so that a persona fits every task: the first of
 * those with this risk in display order, or with the nearest. Times are real milliseconds, of a person and not of
 * a hurried run.
 */
export type Act =
  | { does: 'reads'; for_ms: number }
  | { does: 'thinks'; for_ms: number }
  /** At one option, or `for_ms` at each of them in display order. */
  | { does: 'looks'; at: RiskTag | 'every'; except?: RiskTag; for_ms: number }
  | { does: 'selects'; option: RiskTag }
  /** To another option, whatever the task: where the description names the current one, to the next best. */
  | { does: 'changes'; to: RiskTag }
  /** `{choice}` in the text becomes the label of the option that is selected by then. */
  | { does: 'writes'; text: string; for_ms: number }
  /** Closes the window and comes back. */
  | { does: 'leaves'; for_ms: number };

/** A way to work through a task, as data. It ends with completing the attempt. */
export interface Persona {
  name: string;
  /** One sentence, in the third person. */
  description: string;
  acts: readonly Act[];
  /** The skills it shows in real time at any task that requires reasoning and has options of all risks. */
  shows: readonly SkillCode[];
}
