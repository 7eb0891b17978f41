import { expect, it } from 'vitest';
import { schema } from '../../src/collections.ts';
import { fingerprintOf } from '../../src/database/upgrade/record.ts';

/*
 * Every change of a validator or an index needs a new release of the schema. Otherwise an earlier server would change
 * the database back instead of refusing it. If this test fails, raise `release` in src/collections.ts and put the new
 * fingerprints here.
 */
it('the schema is that of its release', () => {
  const fingerprints = Object.fromEntries(
    schema.collections.map((definition) => [definition.name, fingerprintOf(definition).slice(0, 8)]),
  );
  expect({ release: schema.release, fingerprints }).toMatchInlineSnapshot(`
    {
      "fingerprints": {
        "attempt_keys": "4tiZGLQb",
        "attempt_seals": "wbSNpwfT",
        "audit_log": "zM7r2_QO",
        "behavior_events": "N19FDrdU",
        "computed_metrics": "fnsb9EmY",
        "issuing_quotas": "azEix1Tc",
        "log_checkpoints": "AZCRjxkL",
        "log_entries": "e1wuUyGD",
        "log_leases": "XU0Ab-HX",
        "options": "pqm-t7BP",
        "refresh_tokens": "bQ_xDRqt",
        "skill_profiles": "9IPnrswt",
        "task_attempts": "juuhqD4E",
        "tasks": "t_ojG6c6",
        "users": "hf93tzar",
      },
      "release": 4,
    }
  `);
});
