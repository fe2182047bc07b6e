// onnxruntime tells its maker of processes, sessions and models (names, sizes, times), and keeps a number of the machine in
// the user's folders, unless this is set before its first session. Here it is; whoever wants it sets 0. A thread's process.env
// is a copy that native code does not see: a program whose threads open sessions imports this itself.
process.env.ORT_DISABLE_TELEMETRY ??= "1";
