import type { SkillCode } from '../../results/interpretation/interpret.ts';
import type { RiskTag } from '../../tasks/task.ts';

/**
 * An option of any task: the first, or `nth`, of those with this risk in display order. A candidate sees no
 * risks; the demo describes options by them so that a persona fits every task.
 */
export interface OptionDescription {
  risk: RiskTag;
  /** From 1. */
  nth?: number;
}

/** Every option in display order, but for those of one risk. */
export interface EveryOption {
  every: 'option';
  except?: RiskTag;
}

/** What a persona does next. All times are real milliseconds, of a person and not of a hurried run. */
export type Act =
  | { does: 'reads'; for_ms: number }
  | { does: 'thinks'; for_ms: number }
  /** `for_ms` at each of the options. */
  | { does: 'looks'; at: OptionDescription | EveryOption; for_ms: number }
  | { does: 'selects'; option: OptionDescription }
  /** To another option, whatever the task: where the description names the current one, to the next best. */
  | { does: 'changes'; to: OptionDescription }
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
