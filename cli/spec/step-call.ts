/** What a step asks of a service, by the protocol of its interface. Plain data: it crosses to the runner and onto the bus. */
export type StepCall =
  | { readonly protocol: 'http'; readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly protocol: 'tcp'; readonly text: string }
  | { readonly protocol: 'redis'; readonly words: readonly string[] }
  | { readonly protocol: 'postgres'; readonly sql: string; readonly params: ReadonlyArray<null | boolean | number | string> }
  | {
      readonly protocol: 'kafka';
      readonly topic: string;
      readonly value: string;
      readonly key: string | null;
      readonly headers: Readonly<Record<string, string>>;
      readonly partition: number | null;
    }
  | { readonly protocol: 'nats'; readonly subject: string; readonly value: string };
