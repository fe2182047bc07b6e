import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { checkout } from "../bootstrap/checkout.mjs";

const read = (path: string) => readFileSync(join(checkout, path), "utf8");
const Service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
});
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) });
const { services, volumes } = Compose.parse(parse(read("docker-compose.yml"), { merge: true }));
const service = (name: string) => Service.parse(services[name]);

describe("docker-compose.yml", () => {
  it("has Postgres, Redis, a one-shot that migrates, and the three programs of one image", () => {
    expect(Object.keys(services).sort()).toEqual(["migrate", "postgres", "redis", "scorer", "web", "worker"]);
    for (const name of ["migrate", "web", "scorer", "worker"]) expect(service(name).image).toBe("borda");
  });

  it("gives no secret a default: each is asked for, with how to make it", () => {
    const secret = /PASSWORD|SECRET|TOKEN|AUTH/;
    const values = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
    const secrets = values.filter(([name, value]) => secret.test(name) || secret.test(value));
    expect(secrets.length).toBeGreaterThan(5);
    // The hub's is for those who want it, and is nobody's key to Borda.
    for (const [name, value] of secrets.filter(([name]) => name !== "HF_TOKEN"))
      expect(`${name}=${value}`).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/);
  });

  it("starts the programs when the database is migrated and whoever they need is healthy", () => {
    for (const name of ["web", "scorer", "worker"]) {
      expect(service(name).depends_on).toEqual({
        migrate: { condition: "service_completed_successfully" },
        postgres: { condition: "service_healthy" },
        redis: { condition: "service_healthy" },
      });
    }
  });

  it("asks everybody that has a port for its health", () => {
    for (const name of ["postgres", "redis", "web", "scorer"]) expect(service(name).healthcheck).toBeDefined();
  });

  it("keeps what must last in volumes", () => {
    const mounted = Object.values(services).flatMap(({ volumes: own = [] }) => own.map((mount) => mount.split(":")[0]));
    expect(Object.keys(volumes).sort()).toEqual([...new Set(mounted)].sort());
  });

  it("runs files that exist once the image is built", () => {
    const packages = { web: "apps/web", scorer: "apps/scorer", worker: "apps/worker" };
    for (const [name, folder] of Object.entries(packages)) {
      expect(JSON.parse(read(`${folder}/package.json`)).scripts.build).toBeDefined();
      expect(service(name).command?.join(" ")).toContain(folder);
    }
    expect(read("scripts/prepare.mjs")).toContain("prepare");
    expect(service("migrate").command).toEqual(["node", "scripts/prepare.mjs"]);
  });

  it("finds every variable that it asks for in .env.example", () => {
    const asked = [...read("docker-compose.yml").matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
    const offered = [...read(".env.example").matchAll(/^([A-Z_]+)=$/gm)].map(([, name]) => name);
    expect([...new Set(asked)].sort()).toEqual(offered.sort());
  });
});

describe("Dockerfile", () => {
  it("builds from the lock file and runs as nobody special", () => {
    const text = read("Dockerfile");
    expect(text).toMatch(/^RUN npm ci$/m);
    expect(text).toMatch(/^USER node$/m);
    expect(text.match(/^FROM node:20-slim/gm)).toHaveLength(2);
  });
});
