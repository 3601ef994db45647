import { expect, test } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

test.each([
  ['avro_decoder("https://clerk:hunter2@registry:8081")', 'avro_decoder("https://clerk:*******@registry:8081")'],
  ['wal_stream(tables = ["t"], password = "a \\" b")', 'wal_stream(tables = ["t"], password = "******")'],
  ['env = {"POSTGRES_PASSWORD": \'x"y\', "PORT": "1"}', 'env = {"POSTGRES_PASSWORD": \'***\', "PORT": "1"}'],
  ['api_token = ""', 'api_token = ""'],
])('%s', (source, shown) => {
  expect(withoutSecrets(source)).toBe(shown);
});

test('what is no secret stays, whatever stands beside it', () => {
  const source = 'http("http://localhost:8080/a@b")\ntoken(1)\n# the password: see the wiki\nx = e["password"] == "ok"\n';
  expect(withoutSecrets(source)).toBe(source);
});
