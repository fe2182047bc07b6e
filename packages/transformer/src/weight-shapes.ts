/** Shape of each tensor by its name, in the order of a model's layers. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Collects names and shapes of a model's tensors in their order. */
export interface ShapeList {
  readonly shapes: Shapes;
  /** NAME.weight [rows, width] */
  table(name: string, rows: number, width: number): void;
  /** NAME.weight [out, inward], and NAME.bias [out] unless `bias` is false */
  matrix(name: string, out: number, inward: number, bias?: { readonly bias: boolean }): void;
  /** NAME.weight [width], and NAME.bias [width] unless `bias` is false */
  norm(name: string, width: number, bias?: { readonly bias: boolean }): void;
  add(name: string, shape: readonly number[]): void;
}

export function shapeList(): ShapeList {
  const shapes = new Map<string, readonly number[]>();
  const weight = (name: string, shape: readonly number[]) => shapes.set(`${name}.weight`, shape);
  const withBias = (name: string, width: number, { bias }: { readonly bias: boolean }) => {
    if (bias) shapes.set(`${name}.bias`, [width]);
  };
  return {
    shapes,
    table: (name, rows, width) => void weight(name, [rows, width]),
    matrix: (name, out, inward, bias = { bias: true }) => {
      weight(name, [out, inward]);
      withBias(name, out, bias);
    },
    norm: (name, width, bias = { bias: true }) => {
      weight(name, [width]);
      withBias(name, width, bias);
    },
    add: (name, shape) => void shapes.set(name, shape),
  };
}

/** The shapes that `fill` lists. */
export function shapesOf(fill: (list: ShapeList) => void): Shapes {
  const list = shapeList();
  fill(list);
  return list.shapes;
}
