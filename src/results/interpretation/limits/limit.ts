import type { Evaluation } from '../evaluate.ts';

/** Something in a record that makes it hardly carry the conclusions of one group of rules. */
export interface Limit<Code extends string = string> {
  code: Code;
  holds(evaluation: Evaluation): boolean;
  /** A whole sentence, naming its figure, that stands behind the evidence of what is limited. */
  evidence(evaluation: Evaluation): string;
  /** The same in few words, as a clause of the recruiter's notes; undefined where they say it already. */
  note(evaluation: Evaluation): string | undefined;
}
