import type { EventRow } from './row.ts';

type Data = Readonly<Record<string, unknown>>;

const sends = new Set(['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2', 'sendto', 'sendmsg', 'sendmmsg', 'sendfile']);
const receives = new Set(['read', 'readv', 'pread64', 'preadv', 'preadv2', 'recvfrom', 'recvmsg', 'recvmmsg']);

/** The event as a sentence about its service: `received 32 bytes from api:8080`, `logged {"level":"INFO"}`. One line. */
export function describe(event: EventRow): string {
  const data = JSON.parse(event.data || '{}') as Data;
  switch (event.type) {
    case 'syscall':
      return syscall(event);
    case 'fault':
      return `fault ${event.decision} on ${event.syscall}${event.label === null ? '' : ` "${event.label}"`}`;
    case 'stdout':
    case 'stderr':
      return `logged ${fields(data)}`;
    case 'step_send':
      return `${data['service']}.${data['method']} ${data['path'] ?? data['text'] ?? ''}`.trimEnd();
    case 'step_recv':
      return `${data['service']} answered ${data['error'] ? String(data['error']) : (data['status'] ?? data['text'] ?? '')}`;
    case 'lifecycle':
      return `${data['event']}${data['code'] === undefined ? '' : ` (${data['code']})`}`;
    case 'gap':
      return `lost ${data['count'] ?? 'some'} events: ${data['reason'] ?? ''}`;
    case 'violation':
      return `violation of ${data['monitor']}: ${data['message']}`;
    case 'wal':
      return change(event, data);
    case 'topic':
      return `${event.topic}${event.partition === null ? '' : `[${event.partition}]`}${event.offset === null ? '' : ` @${event.offset}`} ${fields(data)}`;
    case 'poll':
      return `${data['command']} → ${data['error'] ?? JSON.stringify(data['value'])}, was ${JSON.stringify(data['previous'])}`;
    default:
      return `${event.type} ${fields(data)}`;
  }
}

/** What the fault or an edge adds to an event's line. */
export function remark(event: EventRow): string {
  if (event.decision !== null && event.type === 'syscall') return event.label === null ? event.decision : `fault "${event.label}"`;
  return event.cause_rule.filter((rule) => rule !== 'lane').join(' ');
}

function syscall(e: EventRow): string {
  const call = e.syscall ?? 'syscall';
  const failed = e.errno === null ? '' : ` → ${e.errno}`;
  if (e.errno === null && e.ret !== null && sends.has(call))
    return e.peer !== null ? `sent ${e.ret} bytes to ${e.peer}` : `wrote ${e.ret} bytes to ${e.path ?? `fd ${e.fd}`}`;
  if (e.errno === null && e.ret !== null && receives.has(call))
    return e.peer !== null ? `received ${e.ret} bytes from ${e.peer}` : `read ${e.ret} bytes from ${e.path ?? `fd ${e.fd}`}`;
  const object = [e.path, e.peer].find((x) => x !== null) ?? (e.fd === null ? '' : `fd ${e.fd}`);
  return `${call}${object === '' ? '' : ` ${object}`}${failed}${failed === '' && e.ret === null ? ' (still running)' : ''}`;
}

/** `INSERT orders id=7 item=widget`. */
function change(event: EventRow, data: Data): string {
  const row = (data['new'] ?? data['old']) as Data | null | undefined;
  return `${event.action} ${event.table ?? ''}${row ? ` ${fields(row)}` : ''}`;
}

function fields(data: Data): string {
  return Object.entries(data)
    .map(([key, value]) => `${key}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`)
    .join(' ');
}
