import { HostObject, type Value } from '../../starlark/index.ts';

/** A value that a spec passes on without looking inside: a decoder, a healthcheck, a fault's action. `plan` is what it stands for. */
export class PlainValue<P> extends HostObject {
  readonly starlarkType: string;
  readonly plan: P;

  constructor(starlarkType: string, plan: P) {
    super();
    this.starlarkType = starlarkType;
    this.plan = plan;
  }

  getAttr(): Value | undefined {
    return undefined;
  }

  attrNames(): string[] {
    return [];
  }

  toStarlarkString(): string {
    return `<${this.starlarkType}>`;
  }
}
