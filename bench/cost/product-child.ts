// The fastest product of large matrices of one runtime, in a process of its own: PRODUCT_JOB. Prints ProductSpeed.
import { build, createExecutor, float32, input, parameter, type Tensor } from "@borda/tensor";
import { ProductJob, type ProductSpeed } from "./product";

const { size, times, ...runtime } = ProductJob.parse(JSON.parse(process.argv[2]!));
/** Products one behind the other, so that what is fed counts little; a 1 / size keeps their numbers small. */
const CHAIN = 4;
const matrix = () => Float32Array.from({ length: size * size }, (_, i) => ((i % 13) - 6) / size);
const names = Array.from({ length: CHAIN }, (_, i) => `matrix ${i}`);
const product = names.reduce<Tensor>(
  (x, name) => build.matmul(x, parameter(name, [size, size])),
  input("x", [size, size]),
);
const weights = new Map(names.map((name) => [name, matrix()] as const));
const executor = await createExecutor({ outputs: { sum: build.reduceSum(product) }, weights }, runtime);
const feeds = { x: float32(matrix(), [size, size]) };
let [clock, processor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
for (let time = 0; time < times; time++) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await executor.run(feeds);
  clock = Math.min(clock, performance.now() - began);
  const { user, system } = process.cpuUsage(used);
  processor = Math.min(processor, (user + system) / 1000);
}
const flops = CHAIN * 2 * size ** 3;
const speed: ProductSpeed = { clock: (1000 * flops) / clock, processor: (1000 * flops) / processor };
process.stdout.write(`${JSON.stringify(speed)}\n`);
process.exit(0);
