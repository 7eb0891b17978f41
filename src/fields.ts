import { z } from 'zod';

/** An id as the server hands it out. */
export const objectIdString = z.string().regex(/^[0-9a-f]{24}$/, 'must be 24 lower-case hex digits');
