import { type ApiKeys, createApiKeys } from "./api-keys";
import { type Backbones, createBackbones } from "./backbones";
import { type Checkpoints, createCheckpoints } from "./checkpoints";
import { type ConnectionOptions, connect, type Prisma } from "./connection";
import { createImports, type Imports } from "./imports";
import { createInvites, type Invites } from "./invites";
import { createLabelers, type Labelers } from "./labelers";
import { createListener, type Listen } from "./listen";
import { createProjects, type Projects } from "./projects";
import { createPrompts, type Prompts } from "./prompts";
import { createRankings, type Rankings } from "./rankings";
import { createRuns, type Runs } from "./runs";
import { sql } from "./sql";
import { createTasks, type Tasks } from "./tasks";
import { createUsers, type Users } from "./users";

/**
 * The house's memory: one repository a noun, over one pool. It outlives restarts of Postgres: what fails meanwhile
 * throws DatabaseUnavailable, and the next call connects anew.
 */
export interface Database {
  /** For the sign-in library; the rest of the house speaks through the repositories. */
  readonly prisma: Prisma;
  readonly users: Users;
  readonly projects: Projects;
  readonly invites: Invites;
  readonly labelers: Labelers;
  readonly imports: Imports;
  readonly prompts: Prompts;
  readonly tasks: Tasks;
  readonly rankings: Rankings;
  readonly backbones: Backbones;
  readonly runs: Runs;
  readonly checkpoints: Checkpoints;
  readonly apiKeys: ApiKeys;
  readonly listen: Listen;
  /** Throws DatabaseUnavailable unless the server answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type DatabaseOptions = ConnectionOptions;

export function createDatabase(url: string, options: DatabaseOptions = {}): Database {
  const db = connect(url, options);
  const listener = createListener(url);
  return {
    prisma: db.prisma,
    users: createUsers(db),
    projects: createProjects(db),
    invites: createInvites(db),
    labelers: createLabelers(db),
    imports: createImports(db),
    prompts: createPrompts(db),
    tasks: createTasks(db),
    rankings: createRankings(db),
    backbones: createBackbones(db),
    runs: createRuns(db),
    checkpoints: createCheckpoints(db),
    apiKeys: createApiKeys(db),
    listen: listener.listen,
    async ping() {
      await db.query(sql`SELECT 1`);
    },
    async close() {
      await listener.close();
      await db.close();
    },
  };
}
