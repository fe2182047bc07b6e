import pg from "pg";
import { translate } from "./connection";

export interface Subscription {
  close(): Promise<void>;
}

/** 'borda_run' and 'borda_backbone' carry an id; 'borda_published' carries {projectId, checkpointId} as JSON. */
export type Channel = "borda_run" | "borda_published" | "borda_backbone";

export type Listen = (channel: Channel, handler: (payload: string) => void) => Promise<Subscription>;

const RECONNECT_MS = [100, 250, 500, 1000, 2000] as const;

/**
 * Notifications over one connection for all channels, made anew when it breaks. What was sent while it was broken is
 * lost: listeners must look at the tables now and then, too.
 */
export function createListener(url: string): { listen: Listen; close(): Promise<void> } {
  const handlers = new Map<Channel, Set<(payload: string) => void>>();
  let current: Promise<pg.Client> | null = null;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  async function open(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url, application_name: "borda listen", keepAlive: true });
    client.on("notification", ({ channel, payload }) => {
      for (const handler of handlers.get(channel as Channel) ?? []) handler(payload ?? "");
    });
    client.on("error", () => lost(client));
    client.on("end", () => lost(client));
    await client.connect();
    for (const channel of handlers.keys()) await client.query(`LISTEN ${channel}`);
    return client;
  }

  const dead = new WeakSet<pg.Client>();
  function lost(client: pg.Client): void {
    if (closed || dead.has(client)) return;
    dead.add(client);
    current = null;
    reconnect(0);
  }

  function reconnect(attempt: number): void {
    clearTimeout(retry);
    retry = setTimeout(
      () => {
        if (closed || current) return;
        current = open();
        current.catch(() => {
          current = null;
          reconnect(attempt + 1);
        });
      },
      RECONNECT_MS[Math.min(attempt, RECONNECT_MS.length - 1)],
    );
    retry.unref();
  }

  return {
    async listen(channel, handler) {
      const known = handlers.get(channel) ?? new Set();
      handlers.set(channel, known.add(handler));
      try {
        current ??= open();
        await (await current).query(`LISTEN ${channel}`);
      } catch (error) {
        current = null;
        known.delete(handler);
        throw translate(error);
      }
      return {
        async close() {
          known.delete(handler);
        },
      };
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      const client = await current?.catch(() => null);
      await client?.end();
    },
  };
}
