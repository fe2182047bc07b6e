export { freePort, freePortPair } from "../supervisor/ports";
export * from "./borda";
export * from "./chromium";
