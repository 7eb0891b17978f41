import type { Binary, ObjectId } from 'mongodb';
import {
  anyObject,
  arrayOf,
  bool,
  bytes,
  type CollectionDefinition,
  closed,
  date,
  objectId,
  text,
  wholeNumber,
} from '../database/definition.ts';
import type { SealContent } from '../proof/formats.ts';
import type { AnyInterpretation, AnyMetrics } from './versions.ts';

/** The metrics of one completed attempt; written once. */
export type ComputedMetricsDocument = AnyMetrics & {
  _id: ObjectId;
  attempt_id: ObjectId;
  computed_at: Date;
};

/** What the rules conclude from one attempt's metrics; written once. */
export type SkillProfileDocument = AnyInterpretation & {
  _id: ObjectId;
  attempt_id: ObjectId;
  user_id: ObjectId;
  task_id: ObjectId;
  computed_at: Date;
};

/** What was recorded and concluded of one attempt, as digests; written once, with its results. */
export type SealDocument = Omit<SealContent, 'kind' | 'attempt_id'> & {
  /** The attempt's id. */
  _id: ObjectId;
  /** What the log has of it. */
  commitment: Binary;
  is_logged: boolean;
};

export const attemptSeals: CollectionDefinition<SealDocument> = {
  name: 'attempt_seals',
  schema: closed({
    _id: objectId,
    event_count: wholeNumber,
    first_digest: text,
    head_digest: text,
    interpreter_version: text,
    metrics_digest: text,
    metrics_version: text,
    profile_digest: text,
    commitment: bytes,
    is_logged: bool,
  }),
  // Contains only the few seals that the log does not have yet.
  indexes: [{ name: 'not_logged', key: { is_logged: 1 }, partialFilterExpression: { is_logged: false } }],
};

export const computedMetrics: CollectionDefinition<ComputedMetricsDocument> = {
  name: 'computed_metrics',
  schema: {
    bsonType: 'object',
    required: [
      'attempt_id',
      'computed_at',
      'version',
      'time_metrics',
      'decision_metrics',
      'reasoning_metrics',
      'risk_metrics',
      'raw_event_count',
      'quality_flags',
    ],
    properties: {
      attempt_id: objectId,
      computed_at: date,
      version: text,
      time_metrics: anyObject,
      decision_metrics: anyObject,
      reasoning_metrics: anyObject,
      risk_metrics: anyObject,
      quality_flags: arrayOf(text),
    },
  },
  indexes: [{ name: 'attempt', key: { attempt_id: 1 }, unique: true }],
};

export const skillProfiles: CollectionDefinition<SkillProfileDocument> = {
  name: 'skill_profiles',
  schema: {
    bsonType: 'object',
    required: [
      'attempt_id',
      'user_id',
      'task_id',
      'computed_at',
      'interpreter_version',
      'inferred_skills',
      'behavioral_summary',
      'recruiter_notes',
    ],
    properties: {
      attempt_id: objectId,
      user_id: objectId,
      task_id: objectId,
      computed_at: date,
      interpreter_version: text,
      inferred_skills: arrayOf(anyObject),
      borderline: arrayOf(anyObject),
      behavioral_summary: anyObject,
      recruiter_notes: text,
    },
  },
  indexes: [
    { name: 'attempt', key: { attempt_id: 1 }, unique: true },
    { name: 'user', key: { user_id: 1 } },
    { name: 'skill_code', key: { 'inferred_skills.skill_code': 1 } },
  ],
};
