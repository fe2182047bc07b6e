import { describe } from "vitest";
import { startPostgres } from "./postgres";
import { promises } from "./promises";

describe("on Postgres", () => promises(startPostgres));
