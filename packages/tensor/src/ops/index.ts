import * as activation from "./activation";
import * as arithmetic from "./arithmetic";
import * as comparison from "./comparison";
import * as indexing from "./indexing";
import * as layout from "./layout";
import * as leaf from "./leaf";
import * as normalization from "./normalization";
import type { AnyOp } from "./op";
import * as product from "./product";
import * as reduction from "./reduction";

const records = {
  ...leaf,
  ...arithmetic,
  ...activation,
  ...comparison,
  ...layout,
  ...product,
  ...reduction,
  ...normalization,
  ...indexing,
};

/** An op is what one of the files beside this one exports. */
export type OpName = keyof typeof records;
export type OpRecords = typeof records;

/** Everything known of every op. The type asks each record for every column. */
export const ops: Readonly<Record<OpName, AnyOp>> = records satisfies Record<OpName, AnyOp>;
