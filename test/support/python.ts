import { spawnSync } from 'node:child_process';

/** Whether a Python 3 is installed. */
export const hasPython = spawnSync('python3', ['--version']).status === 0;
