import type { DatasetFormat, FormatName } from "../format";
import { borda } from "./borda";
import { hh } from "./hh";
import { openassistant } from "./openassistant";
import { pandalm } from "./pandalm";

/** Every format that Borda reads. */
export const formats: Readonly<Record<FormatName, DatasetFormat>> = { borda, openassistant, pandalm, hh };
