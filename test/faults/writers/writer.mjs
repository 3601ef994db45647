// Writes 200 times to a file when it is told to, and answers how many writes failed.
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

createServer((client) => {
  client.once('data', async () => {
    const file = await open(join(process.env.TMPDIR, 'data'), 'w');
    let errors = 0;
    for (let i = 0; i < 200; i++) await file.write('0123456789').catch(() => errors++);
    await file.close();
    console.log(JSON.stringify({ msg: 'done', errors }));
    client.end(`${errors}\n`);
  });
  client.on('error', () => {});
}).listen(7000, '127.0.0.1');
