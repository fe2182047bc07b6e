"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useRouter } from "next/navigation";
import { useId, useRef, useState } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { cx } from "@/components/ui/cx";
import { ErrorNote } from "@/components/ui/error-note";
import { formatBytes } from "@/components/ui/numbers";
import { Progress } from "@/components/ui/progress";
import { Skeleton } from "@/components/ui/skeleton";
import { previewFile, UploadStopped, uploadFile } from "../send-file";
import { FilePreview } from "./file-preview";

/** Choose a file, see what it is, send it up. */
export function NewImport({ projectId }: { projectId: ProjectId }) {
  const router = useRouter();
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState(0);
  const stopper = useRef<AbortController | null>(null);
  const preview = useMutation({ mutationFn: previewFile });
  const upload = useMutation({
    mutationFn: (chosen: File) => {
      stopper.current = new AbortController();
      setSent(0);
      return uploadFile(projectId, chosen, { onProgress: setSent, signal: stopper.current.signal });
    },
    onSuccess: ({ importId }) => router.push(`/projects/${projectId}/imports/${importId}`),
  });
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    upload.reset();
    preview.mutate(chosen);
  };
  const stopped = upload.error instanceof UploadStopped;
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <DropField onChoose={choose} busy={upload.isPending} chosen={file} />
        {preview.isPending ? <Skeleton className="h-48" /> : null}
        <ErrorNote error={preview.error} />
        {file && preview.data ? (
          <>
            <FilePreview preview={preview.data} />
            {upload.isPending ? (
              <div className="flex items-end gap-4">
                <div className="flex-1">
                  <Progress
                    label={sent < file.size ? "Uploading" : "Storing"}
                    value={sent}
                    max={file.size}
                    detail={`${formatBytes(sent)} of ${formatBytes(file.size)}`}
                  />
                </div>
                <Button size="sm" onClick={() => stopper.current?.abort()}>
                  Stop
                </Button>
              </div>
            ) : (
              <div className="flex items-center justify-end gap-3">
                {stopped ? <p className="text-soft">{upload.error?.message}</p> : null}
                <Button variant="primary" disabled={upload.isSuccess} onClick={() => upload.mutate(file)}>
                  Import {file.name}
                </Button>
              </div>
            )}
            {stopped ? null : <ErrorNote error={upload.error} />}
          </>
        ) : null}
      </div>
    </Card>
  );
}

function DropField({
  chosen,
  busy,
  onChoose,
}: {
  chosen: File | null;
  busy: boolean;
  onChoose: (file: File | undefined) => void;
}) {
  const id = useId();
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a short cut; the labelled input below does the same by keyboard.
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!busy) onChoose(event.dataTransfer.files[0]);
      }}
      className={cx(
        "flex flex-wrap items-center gap-x-4 gap-y-3 rounded-md border border-dashed p-4",
        over ? "border-accent bg-wash" : "border-edge",
      )}
    >
      <FileUp size={24} aria-hidden className="shrink-0 text-faint" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="truncate font-medium">
          {chosen ? `${chosen.name} · ${formatBytes(chosen.size)}` : "Drop a file here, or choose one"}
        </p>
        <p className="text-xs text-faint">
          Borda's JSON Lines, OpenAssistant trees, PandaLM or Anthropic HH; plain or gzip. The format is recognised.
        </p>
      </div>
      <label
        htmlFor={id}
        className={cx(
          buttonClass(chosen ? "secondary" : "primary"),
          "cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
        )}
        aria-disabled={busy}
      >
        {chosen ? "Choose another" : "Choose a file"}
        <input
          id={id}
          type="file"
          className="sr-only"
          disabled={busy}
          accept=".jsonl,.json,.ndjson,.gz,application/json,application/gzip"
          onChange={(event) => {
            onChoose(event.target.files?.[0]);
            // Choosing the same file again must be noticed, too: it may have been changed.
            event.target.value = "";
          }}
        />
      </label>
    </div>
  );
}
