import { z } from 'zod';
import { ROLES } from '../caller.ts';
import { email, pasted } from '../fields.ts';
import { passwordProblems } from './passwords.ts';

/** Maximum length in characters of a password to compare: above the limit of a new one, and still cheap to hash. */
const ANY_PASSWORD_MAX = 1024;
const REFRESH_TOKEN_MAX = 256;

/** A newly chosen password; reports everything that is wrong with it at once. */
const newPassword = z.string().superRefine((password, context) => {
  for (const message of passwordProblems(password)) context.addIssue({ code: 'custom', message });
});

const anyPassword = z.string().min(1).max(ANY_PASSWORD_MAX);

/** Other fields are dropped, above all `role`: everybody who registers is a candidate. */
export const registration = z.object({ email, password: newPassword });

export const newAccount = z.strictObject({ email, password: newPassword, role: z.enum(ROLES) });

export const login = z.object({ email, password: anyPassword });

export const refreshToken = z.object({ refresh_token: pasted(REFRESH_TOKEN_MAX) });

export const passwordChange = z.object({ current_password: anyPassword, new_password: newPassword });
