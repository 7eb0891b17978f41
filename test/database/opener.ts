import { schema } from '../../src/collections.ts';
import { openDatabase } from '../../src/database/connection.ts';
import { createLog } from '../../src/log.ts';
import { nextSchema } from './next-release.ts';

// A process that opens a database as a server of the next release (or of this one) does, says so, and closes it.
const [, , uri = '', name = '', release] = process.argv;
try {
  const database = await openDatabase({
    uri,
    name,
    schema: release === 'next' ? nextSchema : schema,
    log: createLog('silent'),
  });
  console.log('open');
  await database.close();
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
}
