"use client";

import { Dialog } from "@/components/ui/dialog";
import { Key } from "@/components/ui/key";
import { keyTable } from "../keys";

/** The table of keys. */
export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="Keys" width="md">
      <table className="w-full">
        <caption className="sr-only">Keys of the ranking page</caption>
        <tbody>
          {keyTable.map(({ keys, does }) => (
            <tr key={does} className="border-b last:border-b-0">
              <th scope="row" className="py-1.5 pr-4 text-left font-normal whitespace-nowrap">
                {keys.map((key) => (key === "…" ? <span key={key}> to </span> : <Stroke key={key} keys={key} />))}
              </th>
              <td className="py-1.5">{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

function Stroke({ keys }: { keys: string }) {
  return (
    <span className="mr-1 inline-flex gap-0.5">
      {keys.split(" ").map((key) => (
        <Key key={key}>{key}</Key>
      ))}
    </span>
  );
}
