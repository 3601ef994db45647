import type { Proof } from '../../../../schemas/proof.ts';
import { subjectCovers } from '../../../../services/clients/nats-subject.ts';
import type { Caveat } from '../../result.ts';
import type { SelectionQuery } from './selection-query.ts';

/** Which event types a kind of source produces. */
const produces: Readonly<Record<string, readonly string[]>> = {
  syscall: ['syscall'],
  stdout: ['stdout'],
  stderr: ['stderr'],
  fault: ['fault'],
  runner: ['step_send', 'step_recv', 'lifecycle', 'violation'],
};

/** Any source can lose events. */
const gap = 'gap';

/** What a selection can match. */
type Asked = Pick<SelectionQuery, 'types' | 'services' | 'topics'>;

/** The sources whose completeness an absence rests on, and what keeps it from being proven. */
export interface Dependence {
  readonly sources: readonly string[];
  /** Sentences, one a source that is not proven; empty when all are. */
  readonly doubts: readonly string[];
  /** What is to be known of an absence that is proven all the same. */
  readonly caveats: readonly Caveat[];
}

/** What a selection's absence depends on at a barrier (RUNTIME §7). */
export function dependence(query: Asked, proofs: readonly Proof[]): Dependence {
  const could = proofs.filter((p) => couldProduce(p, query));
  if (could.length === 0) return { sources: [], doubts: [nobody(query, proofs)], caveats: [] };
  const named = query.types?.some((type) => type !== gap) ?? false;
  return { sources: could.map((p) => p.source), doubts: could.flatMap(doubt), caveats: could.flatMap((p) => caveats(p, named)) };
}

function couldProduce(proof: Proof, { types, services, topics }: Asked): boolean {
  const kind = proof.source.split('/', 1)[0]!;
  const makes = produces[kind] ?? [kind];
  if (types !== null && !types.some((t) => t === gap || makes.includes(t))) return false;
  if (services !== null && kind !== 'runner' && !services.includes(proof.service)) return false;
  return (
    kind !== 'topic' ||
    topics === null ||
    types?.includes(gap) === true ||
    topics.some((topic) => subjectCovers(proof.source.slice(`topic/${proof.service}/`.length), topic))
  );
}

function doubt(proof: Proof): string[] {
  if (!proof.complete) return [`source ${proof.source} is not complete: ${proof.reason}`];
  if (proof.lost === null) return [`source ${proof.source} lost events, nobody knows how many`];
  return proof.lost > 0 ? [`source ${proof.source} lost ${proof.lost} events`] : [];
}

/** A table that does not exist is of interest to those who ask for its kind of events; that a source was only sampled, to all. */
function caveats({ source, vacuous, sampled }: Proof, named: boolean): Caveat[] {
  return [
    ...(vacuous !== '' && named ? [{ kind: 'vacuous', text: vacuous } as const] : []),
    ...(sampled !== '' ? [{ kind: 'sampled', text: `${source}: ${sampled}` } as const] : []),
  ];
}

function nobody({ types, services, topics }: Asked, proofs: readonly Proof[]): string {
  const asked = [
    types ? `of type ${types.join(' or ')}` : '',
    services ? `of service ${services.join(' or ')}` : '',
    topics ? `with topic ${topics.join(' or ')}` : '',
  ]
    .filter((t) => t !== '')
    .join(' ');
  return `no attached source can produce events ${asked}; attached are ${proofs.map((p) => p.source).join(', ')}`;
}
