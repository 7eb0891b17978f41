/** Maximum length of a submitted reasoning, in characters as people count them: Unicode code points. */
export const REASONING_LIMIT = 5000;
