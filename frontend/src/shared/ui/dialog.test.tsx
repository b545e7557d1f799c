import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { Dialog } from "./dialog.tsx";
import { Toasts, useToast } from "./toasts.tsx";

function Asking() {
  const toast = useToast();
  const [open, setOpen] = useState(true);
  return (
    <Dialog open={open} onOpenChange={setOpen} title="Share">
      <button type="button" onClick={() => toast("Copied")}>
        Copy
      </button>
    </Dialog>
  );
}

test("Escape closes a dialog, though something was said in passing after it opened", async () => {
  const user = userEvent.setup();
  render(
    <Toasts>
      <Asking />
    </Toasts>,
  );
  await user.click(screen.getByRole("button", { name: "Copy" }));
  await screen.findByText("Copied", { selector: "li *" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("Escape that an input method takes back is its own", async () => {
  const user = userEvent.setup();
  render(
    <Toasts>
      <Asking />
    </Toasts>,
  );
  const button = screen.getByRole("button", { name: "Copy" });
  fireEvent.keyDown(button, { key: "Escape", isComposing: true });
  fireEvent.keyDown(button, { key: "Escape", keyCode: 229 });
  expect(screen.getByRole("dialog")).toBeTruthy();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
