import type { Import } from "@borda/database";
import { formats } from "@borda/datasets";
import type { ImportView } from "../views";

/** An import as its pages show it: its format by its title. */
export function viewOf({ format, ...rest }: Import): ImportView {
  const known = Object.values(formats).find(({ name }) => name === format);
  return { ...rest, format: known?.title ?? format };
}
