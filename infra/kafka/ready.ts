import { connect } from 'node:net';

const metadata = { apiKey: 3, version: 4 };

/** A Metadata request that names no topic and makes none (https://kafka.apache.org/protocol#The_Messages_Metadata). */
function request(): Buffer {
  const client = Buffer.from('faultbox');
  const body = Buffer.alloc(15 + client.length);
  body.writeInt16BE(metadata.apiKey, 0);
  body.writeInt16BE(metadata.version, 2);
  body.writeInt32BE(1, 4);
  body.writeInt16BE(client.length, 8);
  client.copy(body, 10);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** Whether the broker on a port of loopback lists at least one broker. Rejects when nobody answers. */
export function brokerAnswers(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => socket.write(request()));
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => resolve(false));
    socket.on('data', (part) => {
      answer = Buffer.concat([answer, part]);
      // size, correlation id, throttle time, then the number of brokers
      if (answer.length < 16) return;
      resolve(answer.readInt32BE(12) > 0);
      socket.destroy();
    });
  });
}
