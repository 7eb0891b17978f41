import type { QualityFlag } from '../../results/metrics/computed-metrics.ts';

/** What each quality flag says of a record, for whoever reads it: this page and the commands. */
export const FLAG_SENTENCES: Record<QualityFlag, string> = {
  active_time_exceeds_total:
    'The views and the writing add up to more than the whole attempt: views overlapped, or were measured wrongly.',
  clock_skew: 'The candidate’s clock and the server’s disagree by more than 2 seconds about some interval.',
  time_limit_exceeded: 'The attempt took longer than the task’s time limit.',
  resumed_after_abandon:
    'The candidate left and came back: the total and hesitation times include the absence.',
  events_batched: 'Some events arrived in batches, so that their server times say less.',
  selection_without_change_event: 'Another option was selected without an event that says it was a change.',
  no_option_viewed: 'No option view was recorded.',
  final_option_not_viewed: 'No view of the option that was chosen in the end was recorded.',
  long_pause: 'More than 30 minutes lie between two events.',
  long_view: 'A view is longer than an hour or than the whole attempt: the computer may have slept.',
  client_clock_corrected: 'The candidate’s clock was wrong by a constant difference, which was taken off.',
  client_clock_unusable:
    'The candidate’s clock stood still or ran backwards, so that only the server’s times count.',
  unspaced_script:
    'The reasoning is mostly in a script that writes no spaces, so that words are hard to count.',
};
