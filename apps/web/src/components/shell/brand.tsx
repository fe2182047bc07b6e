import Link from "next/link";

/** The mark (three tiers) and the name, leading home. */
export function Brand() {
  return (
    <Link href="/" className="flex items-center gap-2 rounded font-semibold text-ink">
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" className="text-accent">
        <rect x="1" y="2" width="18" height="4" rx="1.5" fill="currentColor" />
        <rect x="1" y="8" width="12" height="4" rx="1.5" fill="currentColor" opacity="0.75" />
        <rect x="1" y="14" width="7" height="4" rx="1.5" fill="currentColor" opacity="0.5" />
      </svg>
      Borda
    </Link>
  );
}
