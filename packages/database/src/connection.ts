import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { DatabaseUnavailable, DiskFull } from "./errors";
import { PrismaClient } from "./generated/client";
import type { Query, Statement } from "./sql";

export interface ConnectionOptions {
  /** Connections held at most. */
  readonly poolSize?: number | undefined;
  /** Seconds to wait for a connection before DatabaseUnavailable. */
  readonly connectSeconds?: number | undefined;
  /** Told of broken idle connections; the pool replaces them by itself. */
  readonly onConnectionError?: ((error: Error) => void) | undefined;
}

export type Prisma = ReturnType<typeof prismaOver>;

/** One pool of connections, spoken to by Prisma and by plain SQL alike. */
export interface Connection {
  readonly prisma: Prisma;
  readonly query: Query;
  /** Runs `work` in one transaction; any error rolls it back and is thrown on. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** What `read` yields, of the database as it stood at the first query, however long it takes. */
  frozen<T>(read: (query: Query) => AsyncIterable<T>): AsyncGenerator<T>;
  close(): Promise<void>;
}

export function connect(url: string, options: ConnectionOptions = {}): Connection {
  const config = { connectionString: url, connectionTimeoutMillis: (options.connectSeconds ?? 5) * 1000 };
  const pool = new pg.Pool({ ...config, max: options.poolSize ?? 10, application_name: "borda" });
  // Without a listener a broken idle connection would end the process; the pool drops it by itself.
  pool.on("error", (error) => options.onConnectionError?.(error));
  const prisma = prismaOver(pool);
  const query: Query = (statement) => run(pool, statement);

  async function transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch(throwTranslated);
    let broken: Error | undefined;
    const breaks = (error: Error) => {
      broken = error;
    };
    client.on("error", breaks);
    try {
      await client.query("BEGIN");
      const result = await work((statement) => run(client, statement));
      await client.query("COMMIT");
      return result;
    } catch (error) {
      // A rollback that fails means a broken connection: it must not return to the pool.
      await client.query("ROLLBACK").catch((failure: Error) => {
        broken = failure;
      });
      throw translate(error);
    } finally {
      client.off("error", breaks);
      client.release(broken);
    }
  }

  /** Over a connection of its own: somebody who reads slowly must not keep one of the pool's. */
  async function* frozen<T>(read: (query: Query) => AsyncIterable<T>): AsyncGenerator<T> {
    const client = new pg.Client({ ...config, application_name: "borda frozen", keepAlive: true });
    // Without a listener a break between two queries would end the process; the next query tells of it.
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query(beginFrozen);
      yield* read((statement) => run(client, statement));
    } catch (error) {
      throw translate(error);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  return {
    prisma,
    query,
    transaction,
    frozen,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** A reader that stands still for ten minutes is let go, as its view keeps vacuum from every row that died since. */
const beginFrozen =
  "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL idle_in_transaction_session_timeout = '10min'";

function prismaOver(pool: pg.Pool) {
  const client = new PrismaClient({ adapter: new PrismaPg(pool) });
  return client.$extends({
    query: { $allOperations: ({ args, query }) => query(args).catch(throwTranslated) },
  });
}

async function run<Row extends pg.QueryResultRow>(on: pg.Pool | pg.ClientBase, statement: Statement): Promise<Row[]> {
  const { name, text, values } = statement;
  const config = { text, values: [...values], types: parsers, ...(name ? { name } : {}) };
  const { rows } = await on.query<Row>(config).catch(throwTranslated);
  return rows;
}

const INT8 = 20;
const NUMERIC = 1700;
// Counts, sums and positions stay far below 2^53; a string where a number is meant would be a trap.
const parsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text") =>
    oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

function throwTranslated(error: unknown): never {
  throw translate(error);
}

/** Turns what drivers throw about connections and disks into errors of the domain; others pass unchanged. */
export function translate(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable || error instanceof DiskFull) return error;
  const codes = codesOf(error);
  if (codes.some((code) => code === "53100" || code === "ENOSPC")) return new DiskFull("the database", error);
  if (codes.some((code) => unavailable.has(code) || /^08...$/.test(code))) return new DatabaseUnavailable(error);
  if (error instanceof Error && brokenOff.test(error.message)) return new DatabaseUnavailable(error);
  return error;
}

/** The SQLSTATE of a failed statement, through Prisma's wrapping too; undefined if there is none. */
export function sqlState(error: unknown): string | undefined {
  return codesOf(error).find((code) => /^[0-9A-Z]{5}$/.test(code) && !/^P\d{4}$/.test(code));
}

function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && typeof cause === "object" && cause !== null; depth++) {
    const { code, originalCode, kind } = cause as { code?: unknown; originalCode?: unknown; kind?: unknown };
    for (const name of [code, originalCode, kind]) if (typeof name === "string") codes.push(name);
    const meta = (cause as { meta?: { driverAdapterError?: unknown } }).meta;
    cause = (cause as { cause?: unknown }).cause ?? meta?.driverAdapterError;
  }
  return codes;
}

const unavailable = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EHOSTUNREACH", "EAI_AGAIN"],
  // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
  ...["57P01", "57P02", "57P03", "53300"],
  ...["P1001", "P1002", "P1008", "P1017", "P2024"],
  ...["DatabaseNotReachable", "ConnectionClosed", "TooManyConnections", "SocketTimeout"],
]);
const brokenOff =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;
