import kafkajs, { type Admin } from 'kafkajs';
import { patchKafkajs } from '../../services/clients/kafkajs-patch.ts';
import type { LocalKafka } from './local-kafka.ts';

/** A client that administers a local broker, connected; end it by `disconnect`. */
export async function adminOf(kafka: LocalKafka): Promise<Admin> {
  patchKafkajs();
  const admin = new kafkajs.Kafka({ brokers: [new URL(kafka.bus.replace('kafka:', 'http:')).host], logLevel: 0 }).admin();
  await admin.connect();
  return admin;
}
