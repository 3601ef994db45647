import { HostObject, EvalError, type Value } from '../../starlark/index.ts';
import type { ServicePlan } from '../plan.ts';
import type { InterfaceValue } from './interface-value.ts';

/** A declared service: its interfaces by name, and its step methods where it has a single interface (or one named `default`). */
export class ServiceValue extends HostObject {
  readonly starlarkType = 'service';
  readonly plan: ServicePlan;
  readonly #interfaces: ReadonlyMap<string, InterfaceValue>;

  constructor(plan: ServicePlan, interfaces: readonly InterfaceValue[]) {
    super();
    this.plan = plan;
    this.#interfaces = new Map(interfaces.map((i) => [i.plan.name, i]));
  }

  getAttr(name: string): Value | undefined {
    if (name === 'name') return this.plan.name;
    const named = this.#interfaces.get(name);
    if (named) return named;
    const own = this.#own();
    const value = own?.getAttr(name);
    if (value === undefined && own === null && [...this.#interfaces.values()].some((i) => i.attrNames().includes(name))) {
      throw new EvalError(
        `service "${this.plan.name}" has several interfaces: say which, as in ${this.plan.name}.${[...this.#interfaces.keys()][0]}.${name}`,
      );
    }
    return value;
  }

  attrNames(): string[] {
    return ['name', ...this.#interfaces.keys(), ...(this.#own()?.attrNames() ?? [])];
  }

  toStarlarkString(): string {
    return `<service ${this.plan.name}>`;
  }

  #own(): InterfaceValue | null {
    if (this.#interfaces.size === 1) return [...this.#interfaces.values()][0]!;
    return this.#interfaces.get('default') ?? null;
  }
}
