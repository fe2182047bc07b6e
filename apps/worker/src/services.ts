import type { Database } from "@borda/database";
import type { Queue } from "@borda/queue";
import type { Storage } from "@borda/storage";
import type { Logger } from "pino";
import type { HubAccess } from "./backbones/locate";

/** How trainings are run here. */
export interface TrainingOptions {
  /** Folder of the runs' files: groups, resume state, checkpoint in the making. */
  readonly runsFolder: string;
  /** Folder of the features that trainings of a head keep for each other. */
  readonly featuresFolder: string;
  /** The home whose TensorFlow is used. */
  readonly tensorflowHome: string;
  /** A worker that is silent for so long has lost its run to the next. */
  readonly leaseSeconds: number;
  /** How often the lease is prolonged and a wish to cancel looked for. */
  readonly heartbeatSeconds: number;
  /** What a kill may cost at most. */
  readonly saveEverySeconds: number;
}

/** What every handler is given beside its delivery. */
export interface Services {
  readonly database: Database;
  readonly storage: Storage;
  readonly queue: Queue;
  readonly training: TrainingOptions;
  readonly hub: HubAccess;
  /** Folder of everything that is kept outside the database. */
  readonly home: string;
  readonly log: Logger;
}
