import type { RiskTag } from '../../../../tasks/task.ts';
import type { Condition, RuleGroup } from '../rule-types.ts';

/* Risk is compared by its tag; a risk is seen when an option of it was viewed, selected or changed to. */

const chosen = (risk: RiskTag): Condition => ({
  metric: 'risk_metrics.final_risk_tag',
  comparison: 'equals',
  threshold: risk,
  evidence: 'The option chosen in the end is tagged {actual} risk.',
});

const seenReads = 'Options of {threshold} risk came up {actual} in {steps}.';

const seen = (risk: RiskTag): Condition => ({
  metric: 'risk_metrics.risk_exposure_pattern',
  comparison: 'includes',
  threshold: risk,
  evidence: seenReads,
});

const notSeen = (risk: RiskTag): Condition => ({
  metric: 'risk_metrics.risk_exposure_pattern',
  comparison: 'excludes',
  threshold: risk,
  evidence: seenReads,
});

export const riskProfile = {
  rules: [
    {
      rule: 'risk_profile.risk_awareness',
      skill_code: 'RISK_AWARENESS',
      skill_label: 'Risk-Aware Decision Maker',
      style: 'risk_averse',
      confidence: 'strong',
      conditions: [chosen('low'), seen('high')],
    },
    {
      rule: 'risk_profile.risk_averse',
      skill_code: 'RISK_AVERSE',
      skill_label: 'Risk-Averse',
      style: 'risk_averse',
      confidence: 'moderate',
      conditions: [chosen('low'), notSeen('high')],
    },
    {
      rule: 'risk_profile.calculated_risk_taker',
      skill_code: 'CALCULATED_RISK_TAKER',
      skill_label: 'Calculated Risk-Taker',
      style: 'risk_seeking',
      confidence: 'moderate',
      conditions: [chosen('high'), seen('low')],
    },
    {
      rule: 'risk_profile.risk_seeking',
      skill_code: 'RISK_SEEKING',
      skill_label: 'Risk-Seeking',
      style: 'risk_seeking',
      confidence: 'strong',
      conditions: [chosen('high'), notSeen('low')],
    },
    {
      rule: 'risk_profile.risk_neutral',
      skill_code: 'RISK_NEUTRAL',
      skill_label: 'Balanced Risk Approach',
      style: 'risk_neutral',
      confidence: 'moderate',
      conditions: [chosen('medium')],
    },
  ],
  otherwise: null,
} as const satisfies RuleGroup;
