import { z } from 'zod';
import { ROLES } from '../caller.ts';
import { documentAs, email, pasted } from '../fields.ts';
import { PASSWORD_MIN_CHARACTERS, passwordProblems } from './passwords.ts';
import { user } from './user.ts';

/** Maximum length in characters of a password to compare: above the limit of a new one, and still cheap to hash. */
const ANY_PASSWORD_MAX = 1024;
const REFRESH_TOKEN_MAX = 256;

/** A newly chosen password; reports everything that is wrong with it at once. */
const newPassword = documentAs(
  z.string().superRefine((password, context) => {
    for (const message of passwordProblems(password)) context.addIssue({ code: 'custom', message });
  }),
  {
    type: 'string',
    format: 'password',
    description: 'At most 256 bytes, and none of the most common passwords.',
    minLength: PASSWORD_MIN_CHARACTERS,
    maxLength: 256,
  },
);

const anyPassword = z.string().min(1).max(ANY_PASSWORD_MAX).meta({ format: 'password' });

/** Other fields are dropped, above all `role`: everybody who registers is a candidate. */
export const registration = z.object({ email, password: newPassword });

export const newAccount = z.strictObject({ email, password: newPassword, role: z.enum(ROLES) });

export const login = z.object({ email, password: anyPassword });

export const refreshToken = z.object({ refresh_token: pasted(REFRESH_TOKEN_MAX) });

export const passwordChange = z.object({ current_password: anyPassword, new_password: newPassword });

/** The result of a log-in (RFC 6749, section 5.1): an access token, and a refresh token to get the next one. */
export const logIn = z
  .object({
    user,
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds until the access token expires.'),
  })
  .meta({ id: 'LogIn' });
export type LogIn = z.output<typeof logIn>;
