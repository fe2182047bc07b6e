import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { ErrorCapturingSqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";

/** The part of WebAssembly's interface used here; its types come with the DOM's, which Node's code does without. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: { __wbindgen_start(): void } };
}
const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

let loaded: Promise<void> | undefined;

/** Prisma's schema engine as WebAssembly: its package wants a bundler, so the module is instantiated by hand, once. */
export async function openSchemaEngine(schema: string, adapter: ErrorCapturingSqlMigrationAwareDriverAdapterFactory) {
  loaded ??= load();
  await loaded;
  return glue.SchemaEngine.new({ datamodels: [["schema.prisma", schema]] }, () => {}, adapter);
}

async function load(): Promise<void> {
  const file = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(file.replace(/\.js$/, ".wasm"));
  const { exports } = new wasm.Instance(new wasm.Module(bytes), { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}
