import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

/** What happens to a request: it is passed on; its answer is swallowed, or cut in half; or it gets a page of the proxy's own, unasked. */
export type Deed = 'pass' | 'lose' | 'cut' | 'page';

/** How a proxy treats what comes through it. */
export interface ProxyOptions {
  readonly deed: (path: string) => Deed;
  /** Files in PEM: it speaks TLS. Null: it does not. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
}

/** Runs `use` with a proxy in front of a server. */
export async function proxied<T>(server: string, { deed, certificate }: ProxyOptions, use: (port: number) => Promise<T>): Promise<T> {
  const target = new URL(server);
  const handle = (from: IncomingMessage, to: ServerResponse): void => {
    const { url: path = '', method, headers } = from;
    const what = deed(path);
    if (what === 'page') {
      from.resume().on('end', () => to.writeHead(200, { 'content-type': 'text/html' }).end('<html>Back soon</html>'));
      return;
    }
    const onward = request({ hostname: target.hostname, port: target.port, path, method, headers }, (answer) => {
      if (what === 'pass') {
        to.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(to);
      } else void spoil(answer, to, what);
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  };
  const proxy = certificate
    ? createTlsServer({ cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }, handle)
    : createServer(handle);
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  try {
    return await use((proxy.address() as AddressInfo).port);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}

async function spoil(answer: IncomingMessage, to: ServerResponse, how: 'lose' | 'cut'): Promise<void> {
  const whole = Buffer.concat(await answer.toArray());
  if (how === 'cut') {
    to.writeHead(answer.statusCode!, answer.headers).write(whole.subarray(0, whole.length / 2));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  to.destroy();
}
