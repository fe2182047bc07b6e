"use client";

import {
  ChartNoAxesCombined,
  FileInput,
  FlaskConical,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  MessageSquareText,
  Package,
  SlidersHorizontal,
  UsersRound,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { cx } from "@/components/ui/cx";

/** A project's pages, in the order of the loop; `path` is relative to the project. */
const pages: readonly { path: string; title: string; icon: LucideIcon }[] = [
  { path: "", title: "Overview", icon: LayoutDashboard },
  { path: "/prompts", title: "Prompts", icon: MessageSquareText },
  { path: "/imports", title: "Import", icon: FileInput },
  { path: "/labelers", title: "Labelers", icon: UsersRound },
  { path: "/training", title: "Training", icon: ChartNoAxesCombined },
  { path: "/checkpoints", title: "Checkpoints", icon: Package },
  { path: "/try", title: "Try it", icon: FlaskConical },
  { path: "/api-keys", title: "API", icon: KeyRound },
  { path: "/settings", title: "Settings", icon: SlidersHorizontal },
];

/** Side navigation of a project; a strip at the top where the page is narrow. */
export function ProjectNavigation({ projectId }: { projectId: string }) {
  const pathname = usePathname();
  const home = `/projects/${projectId}`;
  const strip = useRef<HTMLElement>(null);
  // On a narrow screen the page that one is on may lie outside the strip.
  useEffect(() => {
    const here = strip.current?.querySelector(`[aria-current="page"][href^="${pathname.split("/", 4).join("/")}"]`);
    here?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav ref={strip} aria-label="Project" className="flex gap-0.5 overflow-x-auto p-2 md:flex-col md:overflow-visible">
      {pages.map(({ path, title, icon: Icon }) => {
        const href = `${home}${path}`;
        const here = path === "" ? pathname === home : pathname === href || pathname.startsWith(`${href}/`);
        return (
          <Link
            key={path}
            href={href}
            aria-current={here ? "page" : undefined}
            className={cx(
              "flex items-center gap-2 rounded-md px-2.5 py-1.5 font-medium whitespace-nowrap transition-colors duration-100 hit",
              here ? "bg-wash text-accent" : "text-soft hover:bg-sunken hover:text-ink",
            )}
          >
            <Icon size={16} aria-hidden className="shrink-0" />
            {title}
          </Link>
        );
      })}
    </nav>
  );
}
