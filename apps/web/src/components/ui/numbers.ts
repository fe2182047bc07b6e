/** How figures are written, in one locale so that server and browser agree. */

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** 12345 becomes "12,345". */
export function formatCount(value: number): string {
  return count.format(value);
}

/** 1 "ranking" becomes "1 ranking", 12345 "12,345 rankings". */
export function formatNoun(number: number, noun: string): string {
  return `${formatCount(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** 12345 becomes "12.3K". */
export function formatCompact(value: number): string {
  return compact.format(value);
}

/** A share in [0, 1] as percent: 0.7534 becomes "75.3 %". */
export function formatPercent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** Three significant digits: 0.69314 becomes "0.693"; 0.0002 becomes "0.0002"; −1.5 has a minus, not a hyphen. */
export function formatNumber(value: number, significant = 3): string {
  if (value === 0) return "0";
  if (value < 0) return `−${formatNumber(-value, significant)}`;
  if (value < 1e-4 || value >= 1e6) return value.toExponential(significant - 1);
  return String(Number(value.toPrecision(significant)));
}

/** 75 becomes "1:15", 3675 becomes "1:01:15". */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** 42 becomes "42 s", 90 "1.5 min", 7200 "2 h". */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${formatNumber(seconds, 2)} s`;
  if (seconds < 3600) return `${formatNumber(seconds / 60, 2)} min`;
  return `${formatNumber(seconds / 3600, 2)} h`;
}

/** Powers of 1000, as disks are sold: 1234567 becomes "1.23 MB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(bytes / 1000 ** power)} ${units[power]}`;
}
