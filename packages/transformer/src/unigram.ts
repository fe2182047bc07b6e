import type { Unigram } from "@huggingface/tokenizers";

/** A place in the tree of pieces; `score` where a piece ends. */
interface Branch {
  score?: number;
  readonly children: Map<string, Branch>;
}

const maxWords = 2 ** 16;
const maxWordLength = 64;

/**
 * Gives a unigram model of the library the same search in linear memory and time. The library's own keeps an object for
 * every piece at every place, a gigabyte for a megabyte of text without a space. Words repeat, so each is searched once;
 * that memory is emptied when full, so that a server does not grow.
 */
export function searchWordsOnce(model: Unigram): void {
  const root = treeOf(model);
  const known = new Map<string, string[]>();
  model.encode = (words) =>
    words.flatMap((word) => {
      const before = known.get(word);
      if (before) return before;
      const pieces = mostProbablePieces(word, root, model.unk_score);
      if (known.size >= maxWords) known.clear();
      if (word.length <= maxWordLength) known.set(word, pieces);
      return pieces;
    });
}

function treeOf({ vocab, tokens_to_ids, scores }: Unigram): Branch {
  const root: Branch = { children: new Map() };
  for (const piece of vocab) {
    let branch = root;
    for (const character of piece) {
      const child: Branch = branch.children.get(character) ?? { children: new Map() };
      branch.children.set(character, child);
      branch = child;
    }
    branch.score = scores[tokens_to_ids.get(piece)!]!; // a piece that occurs twice has the score of its last id
  }
  return root;
}

/**
 * The pieces with the largest sum of scores (Viterbi; Kudo 2018, section 3.1). Where no piece begins with the character
 * alone, the character itself is one, unknown. Of equal sums the one whose last piece starts first, as in SentencePiece.
 */
function mostProbablePieces(word: string, root: Branch, unknownScore: number): string[] {
  const characters = Array.from(word);
  const best = new Float64Array(characters.length + 1).fill(Number.NEGATIVE_INFINITY);
  const startOf = new Int32Array(characters.length + 1);
  best[0] = 0;
  const offer = (start: number, end: number, score: number) => {
    if (best[start]! + score <= best[end]!) return;
    best[end] = best[start]! + score;
    startOf[end] = start;
  };
  for (let start = 0; start < characters.length; start++) {
    let branch = root.children.get(characters[start]!);
    if (branch?.score === undefined) offer(start, start + 1, unknownScore);
    for (let end = start + 1; branch; branch = branch.children.get(characters[end++]!)) {
      if (branch.score !== undefined) offer(start, end, branch.score);
    }
  }
  const pieces: string[] = [];
  for (let end = characters.length; end > 0; end = startOf[end]!)
    pieces.push(characters.slice(startOf[end], end).join(""));
  return pieces.reverse();
}
