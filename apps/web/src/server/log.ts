import { type Logger, pino } from "pino";
import { env } from "@/env";

let logger: Logger | undefined;

/** The server's log: JSON lines on stdout. */
export function log(): Logger {
  logger ??= pino({ name: "web", level: env().LOG_LEVEL });
  return logger;
}
