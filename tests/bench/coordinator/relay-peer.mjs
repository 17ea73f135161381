// y-websocket's relay on the current "ws", on loopback; prints its port.
import http from 'node:http'
import { WebSocketServer } from 'ws'
import { setupWSConnection } from '@y/websocket-server/utils'

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
sockets.on('connection', (socket, request) => setupWSConnection(socket, request))
const server = http.createServer((request, response) => response.end('ok'))
server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, made => sockets.emit('connection', made, request)))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
