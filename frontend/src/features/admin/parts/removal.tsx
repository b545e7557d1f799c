import type { QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import { send } from "#shared/api/client.ts";
import { Button } from "#shared/ui/button.tsx";
import { Confirm } from "#shared/ui/confirm.tsx";
import { useChange } from "./use-change.ts";

type RemovalProps = {
  path: string;
  changes: readonly QueryKey[];
  action: string;
  title: string;
  text: string;
  said: string;
  onGone?: () => void;
};

/** The way to be rid of something for good, after a question. */
export function Removal({ path, changes, action, title, text, said, onGone }: RemovalProps) {
  const [isAsking, setAsking] = useState(false);
  const remove = useChange({
    act: () => send(path, { method: "DELETE" }),
    changes,
    gone: path,
    said,
    ...(onGone ? { onDone: onGone } : {}),
  });
  return (
    <div className="flex justify-end border-line border-t pt-4">
      <Button look="danger" disabled={remove.isPending} onClick={() => setAsking(true)}>
        {action}
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={title}
        text={text}
        action={action}
        onConfirm={() => remove.mutate(undefined)}
      />
    </div>
  );
}
