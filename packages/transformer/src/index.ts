export * from "./backbone";
export * from "./tokenizer";
