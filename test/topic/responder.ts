/** Answers NATS requests: `responder.ts ADDRESS`. On `answer.json` with a large number, on `answer.text` with what it was asked. */
import { connect, StringCodec } from 'nats';

const { encode, decode } = StringCodec();
const connection = await connect({ servers: process.argv[2]! });
connection.subscribe('answer.*', {
  callback: (_, message) => {
    const json = '{"id": 9007199254740993, "ratio": 1.0}';
    message.respond(encode(message.subject === 'answer.json' ? json : `you said ${decode(message.data)}`));
  },
});
await connection.flush();
console.log('listening');
