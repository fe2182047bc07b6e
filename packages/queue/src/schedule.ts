import { getNextMillis } from "bullmq";
import { InvalidSchedule } from "./errors";

/** A cron pattern (five fields, or six with seconds first) read in an IANA time zone. */
export interface Schedule {
  readonly pattern: string;
  readonly timezone: string;
}

/** The next time of a schedule after `now`. Throws InvalidSchedule for a pattern or zone that is none, or that never comes. */
export function checkSchedule({ pattern, timezone }: Schedule, now: Date = new Date()): Date {
  const fields = pattern.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6)
    throw new InvalidSchedule(`${JSON.stringify(pattern)} has ${fields} fields, a cron pattern has five.`);
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    throw new InvalidSchedule(`${JSON.stringify(timezone)} is not a time zone.`);
  }
  let next: number | undefined;
  try {
    next = getNextMillis(now.getTime(), { pattern, tz: timezone });
  } catch (error) {
    throw new InvalidSchedule(`${JSON.stringify(pattern)} is not a cron pattern (${(error as Error).message}).`);
  }
  if (next === undefined) throw new InvalidSchedule(`${JSON.stringify(pattern)} never comes.`);
  return new Date(next);
}
