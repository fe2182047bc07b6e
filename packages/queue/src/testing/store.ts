import type { QueueConnection } from "../backend";

/** A real store of jobs on this machine, which can be killed and started again with its data. */
export interface Store {
  readonly connection: QueueConnection;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}
