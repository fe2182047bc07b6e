import { join } from "node:path";
import { checkout } from "../bootstrap/checkout.mjs";
import type { Home } from "./home";
import type { Options } from "./options";
import type { ServiceSpec } from "./service";

/** What each program alone is given of the person's own environment; apps/NAME/src/env.ts says what it is. */
const own = {
  web: ["BORDA_MAX_UPLOAD_BYTES"],
  scorer: ["THREADS", "PRECISION", "CHECKPOINTS", "RATE", "MAX_BYTES"].map((name) => `BORDA_SCORER_${name}`),
  // What it reads models of the hub by, and where its TensorFlow and CUDA are.
  worker: [
    ...["HF_TOKEN", "HF_ENDPOINT", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"],
    ...["BORDA_TENSORFLOW_HOME", "BORDA_TENSORFLOW_GRAPPLER"],
  ],
};

/** The environment that web, scorer and worker share. */
export function environmentOf(options: Options, home: Home, databaseUrl: string): Record<string, string> {
  const { host } = options;
  return {
    ...inherited(),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    BORDA_HOME: home.folder,
    DATABASE_URL: databaseUrl,
    ...(options.redisUrl ? { REDIS_URL: options.redisUrl } : {}),
    BORDA_SECRET: home.secrets.authSecret,
    BORDA_INTERNAL_TOKEN: home.secrets.internalToken,
    BORDA_WEB_URL: options.webUrl,
    BORDA_SCORER_URL: scorerUrl(options),
    LOG_LEVEL: options.logLevel,
    HOST: host,
  };
}

/** The programs of one Borda, in the order they are stopped: first whoever takes in work. */
export function servicesOf(options: Options, env: Record<string, string>): ServiceSpec[] {
  const { host, port } = options;
  return [
    {
      name: "web",
      args: [join(checkout, "node_modules/next/dist/bin/next"), "start", "--port", String(port), "--hostname", host],
      cwd: join(checkout, "apps/web"),
      env: { ...env, ...chosen(own.web), PORT: String(port) },
      readyUrl: `http://${reachable(host)}:${port}/api/healthz`,
      // An open live page never ends its request; a submit takes milliseconds.
      graceSeconds: 3,
    },
    {
      name: "scorer",
      args: [join(checkout, "apps/scorer/dist/main.js")],
      cwd: join(checkout, "apps/scorer"),
      env: { ...env, ...chosen(own.scorer), PORT: String(port + 1) },
      readyUrl: `${scorerUrl(options)}/readyz`,
      graceSeconds: 10,
    },
    {
      name: "worker",
      args: [join(checkout, "apps/worker/dist/main.js")],
      cwd: join(checkout, "apps/worker"),
      env: { ...env, ...chosen(own.worker) },
      // A training saves its state and lets go.
      graceSeconds: 20,
    },
  ];
}

function scorerUrl({ host, port }: Options): string {
  return `http://${reachable(host)}:${port + 1}`;
}

/** What a program needs of the person's own environment; nothing of Borda's passes by accident. */
function inherited(): Record<string, string> {
  return chosen([
    "PATH",
    "HOME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "LANG",
    "TZ",
    "SystemRoot",
    "NODE_OPTIONS",
    "NODE_EXTRA_CA_CERTS",
  ]);
}

function chosen(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** Where this machine reaches a program that listens on `host`. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
