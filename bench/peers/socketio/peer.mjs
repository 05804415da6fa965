// Socket.IO in one process that also sends, so that nothing stands between: `node peer.mjs PORT`.
// It reads a plan from standard input, as bench/_messages.py writes it, and answers when each message was sent.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Server } from "socket.io";

const READY_MS = 1_000;
const NOTES = "What is to be told of a task is some seven hundred characters long, its notes among them. ".repeat(4);

const now = () => (performance.timeOrigin + performance.now()) / 1000;
const http = createServer((_, answer) => answer.end());
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
io.on("connection", (socket) => socket.join(socket.handshake.query.stream));
http.listen(Number(process.argv[2]), "127.0.0.1");

const plan = JSON.parse(await text(process.stdin));
const sent = [];
await sleep(READY_MS);
const begun = now();
for (const [offset, streams] of plan) {
  await sleep(Math.max(0, (begun + offset - now()) * 1000));
  const instant = now();
  for (const stream of streams) {
    const number = sent.push(instant) - 1;
    const title = `Message ${number}`;
    io.to(stream).emit("told", { id: String(number), title, notes: NOTES, bucket: "missed", priority: 4 });
  }
}
await sleep(READY_MS);
process.stdout.write(`${JSON.stringify(sent)}\n`);
