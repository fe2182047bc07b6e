import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Figure } from "@/components/ui/figure";
import { formatCount, formatPercent } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import type { ProjectCard } from "../views";

/** A project's answers at a glance; the whole tile leads to it. */
export function ProjectTile({ project }: { project: ProjectCard }) {
  return (
    <li className="relative flex flex-col gap-4 rounded-lg border bg-raised p-4 transition-colors duration-100 hover:border-edge">
      <div>
        <h2 className="truncate text-base font-semibold">
          <Link href={`/projects/${project.id}`} className="rounded after:absolute after:inset-0 after:rounded-lg">
            {project.name}
          </Link>
        </h2>
        <p className="text-xs text-faint">
          made <RelativeTime at={project.createdAt} />
        </p>
      </div>
      <div className="grid grid-cols-3 gap-3">
        <Figure label="Prompts" value={formatCount(project.prompts)} />
        <Figure label="Rankings" value={formatCount(project.rankings)} />
        <Figure
          label="Accuracy"
          value={project.accuracy === null ? null : formatPercent(project.accuracy)}
          note={project.accuracy === null ? "nothing published" : undefined}
        />
      </div>
      <div className="mt-auto flex flex-wrap gap-2">
        {project.newComparisons > 0 ? (
          <Badge tone="accent">{formatCount(project.newComparisons)} new comparisons</Badge>
        ) : null}
        <Badge>
          {formatCount(project.labelers)} {project.labelers === 1 ? "labeler" : "labelers"}
        </Badge>
      </div>
    </li>
  );
}
