import type { Proof } from '../../../../schemas/proof.ts';
import type { Dependence as Possible } from '../../../query/index.ts';
import type { Caveat } from '../../result.ts';
import { isAbout, unobserved, type ObservedSources } from './observed-sources.ts';

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

/** The sources whose completeness an absence rests on, and what keeps it from being proven. */
export interface Dependence {
  readonly sources: readonly string[];
  /** Sentences, one a source that is not proven, or that there should be; empty when all are. */
  readonly doubts: readonly string[];
  /** What is to be known of an absence that is proven all the same. */
  readonly caveats: readonly Caveat[];
}

/** What the absence of what a selection could match depends on at a barrier (RUNTIME §7). */
export function dependence(could: Possible, proofs: readonly Proof[], observed: ObservedSources): Dependence {
  const needed = proofs.filter((p) => couldProduce(p, could, observed));
  if (needed.length === 0) return { sources: [], doubts: [nobody(could, proofs)], caveats: [] };
  const plans = needed.flatMap((p) => observed.get(p.source) ?? []);
  const doubts = [...needed.flatMap(doubt), ...unobserved(could, plans).map((what) => `no source observes ${what}`)];
  const named = could.types?.some((type) => type !== gap) ?? false;
  return { sources: needed.map((p) => p.source), doubts, caveats: needed.flatMap((p) => caveats(p, named)) };
}

function couldProduce(proof: Proof, could: Possible, observed: ObservedSources): boolean {
  const { types, services } = could;
  const kind = proof.source.split('/', 1)[0]!;
  const makes = produces[kind] ?? [kind];
  if (services !== null && kind !== 'runner' && !services.includes(proof.service)) return false;
  if (types?.includes(gap)) return true;
  return (types === null || types.some((t) => makes.includes(t))) && isAbout(observed.get(proof.source), could);
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

function nobody({ types, services, topics, tables }: Possible, proofs: readonly Proof[]): string {
  const asked = [
    types && `of type ${types.join(' or ')}`,
    services && `of service ${services.join(' or ')}`,
    topics && `with topic ${topics.join(' or ')}`,
    tables && `with table ${tables.join(' or ')}`,
  ];
  const attached = proofs.map((p) => p.source).join(', ');
  return `no attached source can produce events ${asked.filter((part) => part !== null).join(' ')}; attached are ${attached}`;
}
