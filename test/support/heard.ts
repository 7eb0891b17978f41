/** Who wants to see every live message that a test hears. */
export const heard: { onMessage(message: unknown): void } = { onMessage: () => undefined };
