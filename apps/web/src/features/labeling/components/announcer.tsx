"use client";

import { useEffect, useState } from "react";
import { letterIn, useDeck } from "./deck";
import { placeInWords } from "./place-in-words";

/** Says what became of the completion in focus, for those who do not see it. */
export function Announcer() {
  const { state } = useDeck();
  const [words, setWords] = useState("");
  const { focused, ranking } = state;
  useEffect(() => {
    if (focused !== null) setWords(`${letterIn(state, focused)}: ${placeInWords({ ...state, ranking }, focused)}`);
  }, [state, focused, ranking]);
  return (
    <p aria-live="polite" className="sr-only">
      {words}
    </p>
  );
}
