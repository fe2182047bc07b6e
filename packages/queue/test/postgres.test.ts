import { describe } from "vitest";
import { startPostgres } from "./stores";
import { promises } from "./suite";

describe("on Postgres", () => promises(startPostgres));
