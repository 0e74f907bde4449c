// An HTTP/2 server in front of another server, which ends its connections as a load balancer or
// `kube-apiserver --goaway-chance` does. Its port is its first line; it ends with its standard input.
//   node goaway.mjs UPSTREAM_PORT KEY.pem CERTIFICATE.pem gentle|harsh EVERY
import { createSecureServer } from 'node:http2';
import { request } from 'node:https';
import { readFileSync, writeSync } from 'node:fs';

const [port, key, certificate, manner, every] = process.argv.slice(2);
const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) });
let sessions = 0;
let asked = 0;

server.on('session', (session) => {
  sessions += 1;
  session.on('error', () => {});
  writeSync(1, `session ${sessions}\n`);
});
server.on('stream', (stream, headers) => {
  asked += 1;
  const session = stream.session;
  stream.on('error', () => {});
  const ends = asked % Number(every) === 0;
  if (ends && manner === 'harsh') {
    session.destroy(); // what is under way is lost
    return;
  }
  if (ends) session.goaway(0); // what is under way is finished
  const forwarded = {};
  for (const name of ['accept', 'accept-encoding', 'authorization', 'user-agent']) {
    if (headers[name]) forwarded[name] = headers[name];
  }
  request(
    { host: '127.0.0.1', port, path: headers[':path'], rejectUnauthorized: false, headers: forwarded },
    (answer) => {
      const back = { ':status': answer.statusCode };
      for (const name of ['content-type', 'content-encoding', 'date']) {
        if (answer.headers[name]) back[name] = answer.headers[name];
      }
      if (stream.destroyed) return answer.resume();
      stream.respond(back);
      answer.pipe(stream);
      if (ends) answer.on('end', () => session.close());
    },
  ).end();
});
server.listen(0, '127.0.0.1', () => writeSync(1, `${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
