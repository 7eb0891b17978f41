/** Milliseconds in seconds: `12.345 s`. Rounded while whole: toFixed would make 1.000 s of 1 000.5 ms. */
export const seconds = (ms: number): string => `${(Math.round(ms) / 1000).toFixed(3)} s`;
