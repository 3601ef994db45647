import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const clientUser = 'faultbox';
export const database = 'faultbox';

const config = `<clickhouse>
  <users_config>users.xml</users_config>
  <logger><level>error</level></logger>
  <mark_cache_size>134217728</mark_cache_size>
  <background_pool_size>2</background_pool_size>
  <max_server_memory_usage_to_ram_ratio>0.5</max_server_memory_usage_to_ram_ratio>
  <keep_alive_timeout>3600</keep_alive_timeout>
  <max_keep_alive_requests>0</max_keep_alive_requests>
</clickhouse>
`;

/**
 * Two users. `default` is the one that the engine itself runs its serving query as, and cannot have a password: it may start
 * listening and nothing else. The client's may do everything in its own database; it has no right to files, URLs or other sources.
 */
function users(password: string): string {
  const hash = createHash('sha256').update(password).digest('hex');
  // prettier-ignore
  const grants = [
    `ALL ON ${database}.*`, 'SELECT ON system.*', 'CREATE TEMPORARY TABLE ON *.*', 'KILL QUERY ON *.*',
    'TABLE ENGINE ON MergeTree', 'TABLE ENGINE ON ReplacingMergeTree',
  ];
  const grantXml = (list: readonly string[]) => list.map((g) => `<query>GRANT ${g}</query>`).join('');
  return `<clickhouse>
  <users>
    <default><password></password><networks><ip>127.0.0.1</ip><ip>::1</ip></networks><profile>listener</profile><quota>default</quota>
      <grants>${grantXml(['SYSTEM LISTEN ON *.*'])}</grants></default>
    <${clientUser}><password_sha256_hex>${hash}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
      <grants>${grantXml(grants)}</grants></${clientUser}>
  </users>
  <profiles>
    <default></default>
    <listener><function_sleep_max_microseconds_per_block>4294967295</function_sleep_max_microseconds_per_block></listener>
  </profiles>
  <quotas><default/></quotas>
</clickhouse>
`;
}

/** Writes what the engine reads when it starts into `<dir>/engine`. Any number of writers at once write the same. */
export function writeEngineConfig(dir: string, password: string): void {
  const folder = join(dir, 'engine');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of [
    ['config.xml', config],
    ['users.xml', users(password)],
  ] as const) {
    const draft = join(folder, `${name}.${process.pid}`);
    writeFileSync(draft, text, { mode: 0o644 });
    renameSync(draft, join(folder, name));
  }
}
