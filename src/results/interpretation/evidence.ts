import type { EvaluatedRule, Evaluation } from './evaluate.ts';
import { COMPARE, type EvaluatedCondition, type EvaluatedNumber } from './evaluate-condition.ts';
import { counted, figure, isNumeric, times } from './figures.ts';

/** What may stand between braces in a rule's evidence, and the text that it becomes. */
type Placeholders = Record<string, string>;

/**
 * The sentences for which a rule holds: one for each of its conditions that has something to say.
 *
 * @throws Error where a rule's evidence names a placeholder that `Condition` does not know.
 */
export function evidenceOf(rule: EvaluatedRule, evaluation: Evaluation): string[] {
  return rule.conditions.flatMap((evaluated) => {
    const { evidence } = evaluated.condition;
    return evidence === undefined ? [] : [fillIn(evidence, evaluated, evaluation)];
  });
}

function fillIn(sentence: string, evaluated: EvaluatedCondition, { values, options }: Evaluation): string {
  const placeholders: Placeholders = {
    options: counted(options, ['option', 'options']),
    ...placeholdersOf(evaluated, options),
  };
  return sentence.replace(/\{([^}]*)\}/g, (_, name: string) => {
    const text = placeholders[name] ?? (isNumeric(name) ? figure(name, values[name]) : undefined);
    if (text === undefined) throw new Error(`The evidence of a rule cannot show {${name}}.`);
    return text;
  });
}

function placeholdersOf(evaluated: EvaluatedCondition, options: number): Placeholders {
  switch (evaluated.kind) {
    case 'number':
      return placeholdersOfNumber(evaluated, options);
    case 'value':
      return { threshold: String(evaluated.threshold), actual: String(evaluated.actual) };
    case 'exposure': {
      const { threshold, actual } = evaluated;
      return {
        threshold,
        actual: times(actual.filter((risk) => risk === threshold).length),
        steps: counted(actual.length, ['option view or choice', 'option views and choices']),
      };
    }
  }
}

function placeholdersOfNumber(evaluated: EvaluatedNumber, options: number): Placeholders {
  const { condition, threshold, threshold_of, actual, held } = evaluated;
  // However a duration is rounded, it must still stand to its threshold as the sentence says.
  const staysTrue = (seconds: number) => COMPARE[condition.comparison](seconds, threshold / 1_000) === held;
  const mark = figure(condition.metric, threshold);
  const figures = {
    actual: figure(condition.metric, actual, staysTrue),
    threshold: mark,
    mark: threshold_of === 'task' ? `this task’s mark of ${mark}` : `the mark of ${mark}`,
  };
  if (typeof condition.threshold === 'number' || !condition.threshold.per_option) return figures;
  return { ...figures, share: `${Number(((threshold / options) * 100).toFixed(3))}%` };
}
