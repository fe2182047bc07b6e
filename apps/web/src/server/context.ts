import type { Database } from "@borda/database";
import type { Queue } from "@borda/queue";
import type { Storage } from "@borda/storage";
import type { Logger } from "pino";
import { type RetrainingWatch, retrainingWatch } from "@/features/labeling/server/retraining-watch";
import { log } from "./log";
import { userOf } from "./session";
import type { SignedInUser } from "./signed-in-user";
import { database, queue, storage } from "./singletons";

/** What every procedure is given. */
export interface Context {
  readonly user: SignedInUser | null;
  readonly database: Database;
  readonly queue: Queue;
  readonly storage: Storage;
  readonly log: Logger;
  readonly retraining: RetrainingWatch;
}

export async function createContext({ headers }: { headers: Headers }): Promise<Context> {
  const user = await userOf(headers);
  return { user, database: database(), queue: queue(), storage: storage(), log: log(), retraining: retrainingWatch() };
}
