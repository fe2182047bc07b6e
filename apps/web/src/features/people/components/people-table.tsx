"use client";

import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Flush } from "@/components/ui/flush";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { Person } from "../views";
import { RoleDialog, wordOf } from "./role-dialog";

/** `self` is whose page it is; nobody takes their own role away by a slip. */
export function PeopleTable({ people, self }: { people: readonly Person[]; self: string }) {
  // Who was asked about last stays while the dialog fades.
  const [changing, setChanging] = useState<Person | null>(null);
  const [open, setOpen] = useState(false);
  const ask = (person: Person) => {
    setChanging(person);
    setOpen(true);
  };
  return (
    <>
      <Flush>
        <Table caption="People with an account">
          <thead>
            <tr>
              <Th>Name</Th>
              <Th>E-mail</Th>
              <Th>Role</Th>
              <Th>Joined</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <Tr key={person.id}>
                <Td className="font-medium">
                  {person.name} {person.id === self ? <span className="font-normal text-faint">(you)</span> : null}
                </Td>
                <Td>{person.email}</Td>
                <Td>{person.role === "ADMIN" ? <Badge tone="accent">Admin</Badge> : <Badge>Labeler</Badge>}</Td>
                <Td>
                  <RelativeTime at={person.createdAt} />
                </Td>
                <Td align="number" className="py-1! whitespace-nowrap">
                  {person.id === self ? null : (
                    <Button size="sm" aria-label={`${wordOf(person)} of ${person.name}`} onClick={() => ask(person)}>
                      {wordOf(person)}
                    </Button>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Flush>
      {changing ? <RoleDialog person={changing} open={open} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
