import type { Persona } from './persona.ts';
import { REASONS } from './reasons.ts';

/** What runs when no persona is named: the one whose hurried run shows what its real one does. */
export const DEFAULT_PERSONA = 'decisive';

export const personas: readonly Persona[] = [
  {
    name: 'analytical',
    description: 'Reads everything, compares all options twice, decides late and argues step by step.',
    acts: [
      { does: 'reads', for_ms: 12_000 },
      { does: 'looks', at: 'every', for_ms: 4_200 },
      { does: 'thinks', for_ms: 9_000 },
      { does: 'looks', at: 'high', for_ms: 3_500 },
      { does: 'looks', at: 'medium', for_ms: 3_000 },
      { does: 'thinks', for_ms: 2_500 },
      { does: 'selects', option: 'medium' },
      { does: 'thinks', for_ms: 2_000 },
      { does: 'writes', text: REASONS.stepByStep, for_ms: 28_000 },
      { does: 'thinks', for_ms: 3_000 },
    ],
    shows: ['ANALYTICAL_THINKING', 'RISK_NEUTRAL', 'STRUCTURED_REASONING'],
  },
  {
    name: 'decisive',
    description: 'Skims the scenario, weighs the safe against the bold option, decides and moves on.',
    acts: [
      { does: 'reads', for_ms: 2_800 },
      { does: 'looks', at: 'low', for_ms: 1_200 },
      { does: 'looks', at: 'high', for_ms: 1_600 },
      { does: 'thinks', for_ms: 600 },
      { does: 'selects', option: 'high' },
      { does: 'writes', text: REASONS.oneSentence, for_ms: 8_000 },
      { does: 'thinks', for_ms: 800 },
    ],
    shows: ['DECISIVE_THINKING', 'CALCULATED_RISK_TAKER', 'CONCISE_REASONING'],
  },
  {
    name: 'exploratory',
    description: 'Tries one option after the other, goes back again and again, and ends where it began.',
    acts: [
      { does: 'reads', for_ms: 5_000 },
      { does: 'looks', at: 'every', for_ms: 2_400 },
      { does: 'selects', option: 'medium' },
      { does: 'looks', at: 'every', for_ms: 1_500 },
      { does: 'changes', to: 'high' },
      { does: 'looks', at: 'high', for_ms: 2_600 },
      { does: 'changes', to: 'low' },
      { does: 'looks', at: 'every', for_ms: 1_200 },
      { does: 'thinks', for_ms: 2_000 },
      { does: 'changes', to: 'medium' },
      { does: 'writes', text: REASONS.backAndForth, for_ms: 20_000 },
      { does: 'thinks', for_ms: 1_500 },
    ],
    shows: ['EXPLORATORY_THINKING', 'RISK_NEUTRAL', 'DETAILED_REASONING'],
  },
  {
    name: 'risk-averse',
    description: 'Never even looks at the bold options and takes the safest one after a moment of thought.',
    acts: [
      { does: 'reads', for_ms: 8_000 },
      { does: 'looks', at: 'every', except: 'high', for_ms: 2_500 },
      { does: 'thinks', for_ms: 4_000 },
      { does: 'selects', option: 'low' },
      { does: 'writes', text: REASONS.safeSide, for_ms: 10_000 },
      { does: 'thinks', for_ms: 2_000 },
    ],
    shows: ['RISK_AVERSE', 'CONCISE_REASONING'],
  },
  {
    name: 'risk-aware',
    description: 'Studies the bold option longest, knows what it could cost and takes the safe one.',
    acts: [
      { does: 'reads', for_ms: 6_000 },
      { does: 'looks', at: 'every', for_ms: 2_000 },
      { does: 'looks', at: 'high', for_ms: 6_500 },
      { does: 'thinks', for_ms: 2_000 },
      { does: 'selects', option: 'low' },
      { does: 'writes', text: REASONS.whatItCouldCost, for_ms: 22_000 },
      { does: 'thinks', for_ms: 2_000 },
    ],
    shows: ['RISK_AWARENESS', 'DETAILED_REASONING'],
  },
  {
    name: 'risk-seeking',
    description: 'Skips the safe options, changes once from a middle way to a bold one, explains nothing.',
    acts: [
      { does: 'reads', for_ms: 2_500 },
      { does: 'looks', at: 'medium', for_ms: 1_800 },
      { does: 'selects', option: 'medium' },
      { does: 'looks', at: 'high', for_ms: 2_400 },
      { does: 'changes', to: 'high' },
      { does: 'thinks', for_ms: 1_500 },
    ],
    shows: ['DECISIVE_THINKING', 'RISK_SEEKING'],
  },
  {
    name: 'concise',
    description:
      'Looks at everything once, takes a middle way at an even pace and needs one sentence for it.',
    acts: [
      { does: 'reads', for_ms: 7_000 },
      { does: 'looks', at: 'every', for_ms: 1_800 },
      { does: 'thinks', for_ms: 2_500 },
      { does: 'selects', option: 'medium' },
      { does: 'writes', text: REASONS.oneSentence, for_ms: 6_000 },
      { does: 'thinks', for_ms: 1_000 },
    ],
    shows: ['RISK_NEUTRAL', 'CONCISE_REASONING'],
  },
  {
    name: 'returning',
    description: 'Is called away after a first choice, comes back, thinks again and changes to a bolder one.',
    acts: [
      { does: 'reads', for_ms: 6_000 },
      { does: 'looks', at: 'every', for_ms: 1_900 },
      { does: 'thinks', for_ms: 3_000 },
      { does: 'selects', option: 'low' },
      { does: 'leaves', for_ms: 25_000 },
      { does: 'looks', at: 'high', for_ms: 4_000 },
      { does: 'changes', to: 'high' },
      { does: 'writes', text: REASONS.secondThoughts, for_ms: 20_000 },
      { does: 'thinks', for_ms: 1_500 },
    ],
    shows: ['CALCULATED_RISK_TAKER', 'STRUCTURED_REASONING'],
  },
];
