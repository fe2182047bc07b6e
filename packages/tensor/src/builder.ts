import type { AttributesOf, InputsOf, OpName } from "./signatures";
import type { Tensor } from "./tensor";

/** A number among the inputs is a constant of the other inputs' element type. */
export type Operand = Tensor | number;

type Rest<A> = keyof A extends never ? [] : Partial<A> extends A ? [attributes?: A] : [attributes: A];

/** For every op a function from its inputs, and then its attributes, to a tensor: `reduceSum(x, { axes: [1] })`. */
export type Builder = {
  readonly [K in OpName]: (...args: [...inputs: InputsOf<K, Operand>, ...rest: Rest<AttributesOf<K>>]) => Tensor;
};
