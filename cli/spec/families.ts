/** The calls that a fault's key stands for: a family where one failure reaches several calls, else the call itself. */
const families: Readonly<Record<string, readonly string[]>> = {
  write: ['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2'],
  read: ['read', 'readv', 'pread64', 'preadv', 'preadv2'],
  open: ['open', 'openat', 'openat2', 'creat'],
  connect: ['connect'],
  fsync: ['fsync', 'fdatasync', 'sync_file_range', 'msync'],
};

// prettier-ignore
const calls = [
  'writev', 'pwrite64', 'pwritev', 'pwritev2', 'readv', 'pread64', 'preadv', 'preadv2', 'openat', 'openat2', 'creat', 'fdatasync', 'sync_file_range', 'msync',
  'sendto', 'sendmsg', 'sendmmsg', 'recvfrom', 'recvmsg', 'recvmmsg', 'accept', 'accept4', 'bind', 'listen', 'shutdown', 'close', 'sendfile', 'splice', 'copy_file_range',
  'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir', 'truncate', 'ftruncate', 'fallocate', 'link', 'linkat', 'symlink', 'symlinkat',
] as const;

/** Every key that a fault may name. */
export const faultKeys: readonly string[] = [...Object.keys(families), ...calls];

/** The plain syscalls behind a key, or null when there is no such key. */
export function callsOf(key: string): readonly string[] | null {
  return families[key] ?? ((calls as readonly string[]).includes(key) ? [key] : null);
}
