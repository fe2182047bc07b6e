import type { OpName } from "../signatures";
import * as activation from "./activation";
import * as arithmetic from "./arithmetic";
import * as comparison from "./comparison";
import * as indexing from "./indexing";
import * as layout from "./layout";
import * as leaf from "./leaf";
import * as normalization from "./normalization";
import type { AnyOp, Op } from "./op";
import * as packing from "./packing";
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
  ...packing,
};

/** Everything known of every op. A name without a record, and a record without its signature, do not compile. */
export const ops: Readonly<Record<OpName, AnyOp>> = records satisfies { readonly [K in OpName]: Op<K> };
