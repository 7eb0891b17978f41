import { buildAsyncApi } from '../../src/reference/asyncapi.ts';
import { buildOpenApi } from '../../src/reference/openapi.ts';
import { describeOperations } from './operations.ts';

/** The server's own documents, closed, so that a field that they do not name is found. */
export function describeServer() {
  const options = { version: 'tests', isClosed: true };
  return {
    openApi: buildOpenApi(describeOperations(), options),
    asyncApi: buildAsyncApi({ ...options, host: 'localhost' }),
  };
}
