import { run } from '@oclif/core';
import { failed } from '../report/failed.ts';

process.on('uncaughtException', (error) => failed(error));
process.on('unhandledRejection', (error) => failed(error));

try {
  await run(process.argv.slice(2), import.meta.url);
} catch (error) {
  failed(error);
}
