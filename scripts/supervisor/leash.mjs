// Loaded into every service before its own code: a service whose supervisor is gone (killed, so that it could stop
// nobody) stops by itself.
import { isMainThread } from "node:worker_threads";

const patience = 5000;

if (isMainThread && process.channel) {
  process.channel.unref();
  process.once("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), patience).unref();
  });
}
