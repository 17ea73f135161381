// family: network
// language: javascript
// expect: ok
// says: held
// unfiltered: breach
// bwrap: a port of the box's own empty network can be listened on
// breach: a port is opened
const net = require('net');
const dgram = require('dgram');
let open = 2;
const end = (word) => {
  if (word) console.log(`BREACH ${word}`);
  if (--open === 0) {
    console.log('held');
    process.exit(0);
  }
};
net.createServer().on('error', () => end()).listen(8080, '0.0.0.0', () => end('tcp'));
try {
  const socket = dgram.createSocket('udp4');
  socket.on('error', () => end());
  socket.bind(5353, () => end('udp'));
} catch (error) {
  end();
}
