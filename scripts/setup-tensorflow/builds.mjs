/**
 * @typedef {object} Build
 * @property {string} package of TensorFlow.js, that loads TensorFlow
 * @property {string} project that the wheel belongs to in the Python index
 * @property {string} wheel file name: TensorFlow's own build for Python, whose C library and headers are taken
 * @property {number} bytes of the wheel
 * @property {string} sha256 of the wheel
 * @property {number} disk bytes that the set-up writes at its height, the wheel included
 */

export const tensorflowVersion = "2.21.0";

/** What can be set up, on Linux on x86-64. @type {Record<"cpu" | "gpu", Build>} */
export const builds = {
  cpu: {
    package: "@tensorflow/tfjs-node",
    project: "tensorflow-cpu",
    wheel: "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    bytes: 273_829_956,
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    disk: 1_600_000_000,
  },
  gpu: {
    package: "@tensorflow/tfjs-node-gpu",
    project: "tensorflow",
    wheel: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    bytes: 572_440_367,
    sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    disk: 3_000_000_000,
  },
};
