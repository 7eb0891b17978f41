import { domainToASCII } from 'node:url';

/** Maximum length of an address in characters (RFC 3696, erratum 1690). */
const EMAIL_MAX = 254;

/** The part before the @: dots between letters (also accented ones), digits and what RFC 5322 allows unquoted. */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/** Labels of letters, digits and hyphens; the last one is no number. */
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/**
 * The one way to write an e-mail address: lower case, and the domain as DNS knows it, so that `bücher.example` and
 * `xn--bcher-kva.example` are the same.
 * @returns undefined if `text` is not an e-mail address
 */
export function normalizeEmail(text: string): string | undefined {
  if (text.length > EMAIL_MAX) return undefined;
  const [local = '', domain = '', ...more] = text.normalize('NFC').toLowerCase().split('@');
  if (more.length > 0 || !LOCAL_PART.test(local)) return undefined;
  const ascii = /^[\x20-\x7e]*$/.test(domain) ? domain : domainToASCII(domain);
  const email = `${local}@${ascii}`;
  return DOMAIN.test(ascii) && email.length <= EMAIL_MAX ? email : undefined;
}
