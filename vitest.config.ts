import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{schemas,services,cli,native,test}/**/*.test.ts'],
    globalSetup: 'native/test/build-once.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
