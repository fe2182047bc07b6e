// A worker as main.ts starts it, with the timings that a test asks for.
import { pino } from "pino";
import { startWorker } from "../src/worker";

const { environment, training } = JSON.parse(process.argv[2] ?? "{}");
const worker = await startWorker(environment, pino({ level: process.env.WORKER_TEST_LOG ?? "silent" }), training);
process.on("SIGTERM", async () => {
  await worker.stop();
  process.exit(0);
});
// The most memory it had resident since its start, in bytes.
process.on("message", () => process.send?.(process.resourceUsage().maxRSS * 1024));
process.send?.("ready");
