import { pythonWith } from "../python";

/** What score.py and the drawing of references import. */
const libraries = [
  "numpy",
  "onnxruntime>=1.20",
  "peft>=0.17",
  "sentence-transformers>=5.0",
  "torch>=2.4",
  "transformers>=5.0",
];

/** A Python with the libraries that open Borda's checkpoints. */
export function pythonWithLibraries(home: string): Promise<string> {
  return pythonWith(home, "libraries", libraries);
}
