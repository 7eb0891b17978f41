/** The name and version of the evidence bundle's format (`src/proof/README.md`). */
export const BUNDLE_FORMAT = 'skill-observation-evidence/v1';
