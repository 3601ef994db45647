import { createRequire } from 'node:module';
import { zstdDecompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import type { Codec } from './internals.ts';

const require = createRequire(import.meta.url);
const snappy = require('kafkajs-snappy') as () => Codec;
const lz4 = require('lz4js') as { decompress(bytes: Buffer): Uint8Array };

/** Makes kafkajs able to read each compression that Kafka has; gzip it knows by itself. */
export function registerCodecs(): void {
  const codecs = kafkajs.CompressionCodecs as unknown as Record<number, () => Codec>;
  codecs[kafkajs.CompressionTypes.Snappy] = snappy;
  codecs[kafkajs.CompressionTypes.LZ4] = () => ({ decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)) });
  codecs[kafkajs.CompressionTypes.ZSTD] = () => ({ decompress: async (buffer) => zstdDecompressSync(buffer) });
}
