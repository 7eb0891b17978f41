/**
 * Maximum length of a submitted reasoning, in characters as people count them: Unicode code points. In a file of its own
 * because the verifier needs it without the schemas.
 */
export const REASONING_LIMIT = 5000;
