import type { Store } from "../../src/testing";
import { openLane } from "../lane";
import { promisesToJobs } from "./jobs";
import { promisesInOutages } from "./outages";
import { promisesToSchedules } from "./schedules";
import { promisesToWorkers } from "./workers";

/** What both lanes promise. */
export function promises(start: () => Promise<Store>): void {
  const lane = openLane(start);
  promisesToJobs(lane);
  promisesToSchedules(lane);
  promisesToWorkers(lane);
  promisesInOutages(lane);
}
