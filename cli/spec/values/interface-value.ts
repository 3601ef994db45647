import { HostObject, type Builtin, type Value } from '../../starlark/index.ts';
import type { InterfacePlan } from '../plan.ts';

/** One way to reach a service. Its methods are the steps of its protocol. */
export class InterfaceValue extends HostObject {
  readonly starlarkType = 'interface';
  readonly plan: InterfacePlan;
  readonly #steps: () => ReadonlyMap<string, Builtin>;

  constructor(plan: InterfacePlan, steps: () => ReadonlyMap<string, Builtin>) {
    super();
    this.plan = plan;
    this.#steps = steps;
  }

  getAttr(name: string): Value | undefined {
    const { port } = this.plan;
    switch (name) {
      case 'name':
        return this.plan.name;
      case 'addr':
      case 'internal_addr':
        return `localhost:${port}`;
      case 'host':
        return 'localhost';
      case 'port':
        return port;
      default:
        return this.#steps().get(name);
    }
  }

  attrNames(): string[] {
    return ['name', 'addr', 'internal_addr', 'host', 'port', ...this.#steps().keys()];
  }

  toStarlarkString(): string {
    return `<interface ${this.plan.name}>`;
  }
}
