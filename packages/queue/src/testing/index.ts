export { eventually } from "./eventually";
export { freePort } from "./free-port";
export { redisIsInstalled, startRedis } from "./redis";
export type { Store } from "./store";
