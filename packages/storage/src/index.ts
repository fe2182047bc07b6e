export * from "./errors";
export { checkKey } from "./key";
export * from "./storage";
