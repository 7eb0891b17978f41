/**
 * The variables that a child process gets: where programs, folders and certificates are, the language, the time zone and
 * the proxy for downloads. Everything else stays with the server. Its environment may hold secrets (`JWT_SECRET`,
 * `ADMIN_PASSWORD`, `MONGODB_URI`, whatever the host adds), and any crash report of a child could show them.
 * NODE_OPTIONS would open an inspector port or preload hooks that are meant for the server.
 */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|TMPDIR|XDG_CACHE_HOME|LANG|LANGUAGE|LC_\w+|TZ|https?_proxy|no_proxy|SSL_CERT_(FILE|DIR))$/i;

/** The environment for the embedded engine's process and for the programs that fetch what it needs. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}
