// node scripts/healthy.mjs URL: a container's health check. 0 when the address answers well.
try {
  const reply = await fetch(process.argv[2] ?? "", { signal: AbortSignal.timeout(4000) });
  process.exitCode = reply.ok ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
