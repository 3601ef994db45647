import { RetentionPolicy, type StreamConfig } from 'nats';
import { subjectCovers } from '../../clients/nats-subject.ts';

/**
 * Whether a stream takes every message of a subject, under its own name, and has it until limits remove it. One that has it until it is
 * consumed may never have it for an observer.
 */
export function keeps({ retention, subjects = [], subject_transform }: StreamConfig, subject: string): boolean {
  if (retention !== RetentionPolicy.Limits || subject_transform !== undefined) return false;
  return subjects.some((pattern) => subjectCovers(pattern, subject));
}
