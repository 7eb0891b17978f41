import { expect, it } from 'vitest';
import { childEnvironment } from '../../src/database/embedded/child-environment.ts';

it('a child process gets where things are, and nothing that may be a secret or is meant for the server', () => {
  const passedOn = {
    PATH: '/usr/bin',
    HOME: '/home/server',
    TMPDIR: '/var/tmp',
    LC_ALL: 'C.UTF-8',
    TZ: 'Europe/Berlin',
    HTTPS_PROXY: 'http://proxy.example.com:3128',
    https_proxy: 'http://proxy.example.com:3128',
    SSL_CERT_FILE: '/etc/ssl/company.pem',
  };
  const kept = {
    JWT_SECRET: 'secret',
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: 'secret',
    MONGODB_URI: 'mongodb://user:secret@db.example.com',
    DATA_DIR: '/var/lib/server',
    NODE_OPTIONS: '--inspect',
    NODE_EXTRA_CA_CERTS: '/etc/ssl/company.pem',
    LD_PRELOAD: '/tmp/hook.so',
    AWS_SECRET_ACCESS_KEY: 'secret',
    SOME_API_KEY: 'secret',
    // Names that only contain one of those above.
    MY_PATH: 'secret',
    HOME_TOKEN: 'secret',
  };
  expect(childEnvironment({ ...kept, ...passedOn })).toEqual(passedOn);
});

it('is that of this process unless another is given', () => {
  expect(childEnvironment()).toMatchObject({ PATH: process.env['PATH'] });
});
