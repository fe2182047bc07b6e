"use client";

import { BookOpen, Ellipsis, Flag, GitCompareArrows, House, Keyboard, SkipForward } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTheme } from "@/components/shell/providers";
import { themes } from "@/components/shell/theme";
import { Button, IconButton } from "@/components/ui/button";
import { Menu, MenuChoice, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { formatClock } from "@/components/ui/numbers";
import type { ProgressView, ProjectView } from "../server/views";
import type { OpenDialog } from "./task-dialogs";

/** Where the labeler is, how long, and what is rarely needed. */
export function TaskBar({
  project,
  progress,
  seconds,
  onOpen,
}: {
  project: ProjectView;
  progress: ProgressView;
  seconds: number;
  onOpen: (dialog: OpenDialog) => void;
}) {
  const router = useRouter();
  const { theme, setTheme } = useTheme();
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-b bg-raised px-2 sm:px-3">
      <IconButton label="My projects" onClick={() => router.push("/label")}>
        <House size={16} aria-hidden />
      </IconButton>
      <Button variant="quiet" onClick={() => onOpen("guidelines")}>
        <BookOpen size={15} aria-hidden />
        <span className="max-sm:sr-only">Guidelines</span>
      </Button>
      <p className="flex min-w-0 flex-1 items-center justify-center gap-2 text-soft">
        <span className="truncate font-medium text-ink">{project.name}</span>
        <span aria-hidden>·</span>
        <span className="whitespace-nowrap tabular-nums">
          task {progress.done + 1}
          <span className="max-sm:hidden"> of {progress.done + Math.max(1, progress.remaining)}</span>
        </span>
        <span aria-hidden>·</span>
        <span role="timer" aria-label="Time on this task" className="whitespace-nowrap tabular-nums">
          {formatClock(seconds)}
        </span>
      </p>
      <Button variant="quiet" className="max-sm:hidden" onClick={() => onOpen("keys")}>
        <Keyboard size={15} aria-hidden />
        Keys
      </Button>
      <Menu
        trigger={
          <IconButton label="More">
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<GitCompareArrows size={14} />} hint="Shift C" onSelect={() => onOpen("compare")}>
          Compare two at a time
        </MenuItem>
        <MenuItem icon={<SkipForward size={14} />} hint="S" onSelect={() => onOpen("skip")}>
          Skip
        </MenuItem>
        <MenuItem icon={<Flag size={14} />} onSelect={() => onOpen("flag")}>
          Flag a problem
        </MenuItem>
        <MenuItem icon={<Keyboard size={14} />} hint="?" onSelect={() => onOpen("keys")}>
          Keys
        </MenuItem>
        <MenuSeparator />
        <MenuChoice label="Theme" value={theme} options={themes} onChange={setTheme} />
      </Menu>
    </header>
  );
}
