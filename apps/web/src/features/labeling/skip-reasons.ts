/** Why a labeler passes a task over; the value is stored, the label shown. */
export const skipReasons = [
  { value: "cannot-judge", label: "I cannot judge this", hint: "It needs knowledge that I do not have." },
  { value: "all-alike", label: "All alike", hint: "I see no difference worth ranking." },
  { value: "prompt-unclear", label: "The prompt is unclear", hint: "What is asked cannot be told." },
  { value: "broken", label: "Something is broken", hint: "Cut off, garbled, or in the wrong language." },
  { value: "harmful", label: "Harmful or private", hint: "An admin should look at it." },
  { value: "other", label: "Something else", hint: "Say it in the note." },
] as const;
export type SkipReason = (typeof skipReasons)[number]["value"];
