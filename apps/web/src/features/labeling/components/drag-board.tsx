"use client";

import type { CompletionId } from "@borda/preferences";
import {
  type CollisionDetection,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  PointerSensor,
  pointerWithin,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { type ReactNode, useState } from "react";
import { letterIn, useDeck } from "./deck";
import { actionOfDrop } from "./drop-zones";
import type { Step } from "./step-switch";
import { TierStrip } from "./tier-strip";

/** Under the pointer, the smallest zone counts: a gap before the tier that it overlaps, a tier before its side. */
const smallestUnderPointer: CollisionDetection = (context) =>
  pointerWithin(context).toSorted((one, other) => area(context, one.id) - area(context, other.id));

function area({ droppableRects }: Parameters<CollisionDetection>[0], id: string | number): number {
  const rect = droppableRects.get(id);
  return rect ? rect.width * rect.height : Infinity;
}

/** Drag by mouse, pen or finger. The keyboard has its own, quicker keys. */
export function DragBoard({ step, children }: { step: Step; children: ReactNode }) {
  const { act } = useDeck();
  const [dragged, setDragged] = useState<CompletionId | null>(null);
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 5 } }));
  const drop = ({ active, over }: DragEndEvent) => {
    setDragged(null);
    const action = over && actionOfDrop(active.id as CompletionId, String(over.id));
    if (action) act(action);
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={smallestUnderPointer}
      onDragStart={({ active }) => setDragged(active.id as CompletionId)}
      onDragEnd={drop}
      onDragCancel={() => setDragged(null)}
      accessibility={{ screenReaderInstructions: { draggable: "" }, announcements: silent }}
    >
      {children}
      {dragged !== null ? <TierStrip step={step} /> : null}
      <DragOverlay dropAnimation={null}>{dragged !== null ? <DraggedCard id={dragged} /> : null}</DragOverlay>
    </DndContext>
  );
}

// What changed is announced by the ranking itself, in its own words.
const silent = { onDragStart: () => "", onDragOver: () => "", onDragEnd: () => "", onDragCancel: () => "" };

function DraggedCard({ id }: { id: CompletionId }) {
  const { state, texts } = useDeck();
  const text = texts.find((completion) => completion.id === id)?.text ?? "";
  return (
    <div className="max-w-80 cursor-grabbing rounded-lg border border-accent bg-raised px-3 py-2 shadow-float">
      <span className="text-base font-bold">{letterIn(state, id)}</span>
      <p className="line-clamp-3 text-soft">{text.slice(0, 240)}</p>
    </div>
  );
}
