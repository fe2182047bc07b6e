export * from "./define-job";
export * from "./errors";
export * from "./handler";
export * from "./jobs";
export * from "./queue";
export { checkSchedule, type Schedule } from "./schedule";
export * from "./workers";
