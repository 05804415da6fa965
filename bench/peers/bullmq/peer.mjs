// BullMQ on Redis, as bench/peers/_round.py describes it: a line of JSON in, a line of JSON out.
import { readFileSync } from "node:fs";
import { Queue, Worker } from "bullmq";

const MARGIN_MS = 1_000;
const BULK = 1_000;
const CONCURRENCY = 300;

const now = () => performance.timeOrigin + performance.now();
const asked = JSON.parse(readFileSync(0, "utf8"));
const start = Math.ceil(now() + asked.lead_s * 1000);
const instants = asked.offsets_ms.map((offset) => start + offset);
const { version } = JSON.parse(readFileSync(new URL("node_modules/bullmq/package.json", import.meta.url)));
const { hostname: host, port } = new URL(asked.redis_url);
const connection = { host, port: Number(port), maxRetriesPerRequest: null };

const late = [];
const answer = () => {
  process.stdout.write(`${JSON.stringify({ version, late_ms: late })}\n`, () => process.exit(0));
};

const queue = new Queue("bench", { connection });
const timestamp = Math.floor(now());
const jobs = instants.map((due) => ({
  name: "job",
  data: { due },
  opts: { timestamp, delay: due - timestamp, removeOnComplete: true },
}));
for (let from = 0; from < jobs.length; from += BULK) await queue.addBulk(jobs.slice(from, from + BULK));
if (now() > instants[0] - MARGIN_MS) throw new Error("The jobs were not made in time; give it a longer lead.");
setTimeout(answer, instants.at(-1) - now() + asked.patience_s * 1000);

const work = async (job) => {
  late.push(now() - job.data.due);
  if (late.length === instants.length) setTimeout(answer, 200); // what runs twice does so now
};
new Worker("bench", work, { connection, concurrency: CONCURRENCY });
