/** The oldest Node that the server runs on, as `engines` in package.json says: major and minor version. */
const OLDEST = [20, 19] as const;

/** What is wrong with this version of Node, in one sentence; undefined if nothing is. @param version as `20.19.0` */
export function explainNodeVersion(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  return `This is Node ${version}, but the server needs Node ${OLDEST.join('.')} or later; install one from https://nodejs.org.`;
}
