import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { Refusal } from "../bootstrap/checkout.mjs";

/** Refuses to begin when another program listens on one of the ports. */
export async function requirePorts(host: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    if (await isBusy(host, port)) {
      throw new Refusal(
        "PORT_BUSY",
        `Port ${port} is taken by another program: stop it, or choose two neighbouring free ports with npm start -- --port N.`,
      );
    }
  }
}

async function isBusy(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, "listening");
    return false;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EADDRINUSE") return true;
    if (code === "EACCES") {
      throw new Refusal("PORT_FORBIDDEN", `Port ${port} is reserved for root: choose one above 1023 with --port N.`);
    }
    throw error;
  } finally {
    server.close();
  }
}

/** A port that was free a moment ago. */
export async function freePort(host = "127.0.0.1"): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("A TCP server has an address with a port.");
  return address.port;
}

/** Below what systems give to outgoing connections (from 32768 on Linux), one of which would take a free port any moment. */
const pairs = { from: 20_000, to: 32_000 } as const;

/** Two neighbouring ports that were free a moment ago: web's, and the scorer's behind it. */
export async function freePortPair(host = "127.0.0.1"): Promise<number> {
  for (;;) {
    const port = randomInt(pairs.from, pairs.to);
    if (!(await isBusy(host, port)) && !(await isBusy(host, port + 1))) return port;
  }
}
