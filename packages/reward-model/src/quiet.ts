import "@borda/tensor/quiet"; // for programs whose threads score
