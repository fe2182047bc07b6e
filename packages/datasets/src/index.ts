export * from "./comparison-lines";
export * from "./format";
export * from "./formats";
export { bordaLines } from "./formats/borda";
export * from "./groups";
export * from "./keys";
export * from "./open";
export { type FileRecord, RECORD_LIMIT, recordsOf } from "./records";
export * from "./row";
