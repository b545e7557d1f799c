import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ContextType, useContext } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { clearDraft } from "#features/chat/composer/drafts.ts";
import { message } from "#testing/builders.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { EditMessage, editKey } from "./edit-message.tsx";
import { MessageActionsContext } from "./message-actions.ts";

const SAID = { ...message({ role: "user", parts: [{ type: "text", text: "Hello." }] }), versions: null };

function Acting({ acts }: { acts: Partial<ContextType<typeof MessageActionsContext>> }) {
  const others = useContext(MessageActionsContext);
  return (
    <MessageActionsContext value={{ ...others, idle: true, ...acts }}>
      <EditMessage message={SAID as unknown as Parameters<typeof EditMessage>[0]["message"]} />
    </MessageActionsContext>
  );
}

beforeEach(() => clearDraft(editKey(SAID.id)));

test("a message that is emptied stays empty until other words are written", async () => {
  const edit = vi.fn();
  render(<Acting acts={{ edit }} />, { wrapper: TestFrame });
  const field = screen.getByRole<HTMLTextAreaElement>("textbox");
  expect(field.value).toBe("Hello.");
  await userEvent.clear(field);
  expect(field.value).toBe("");
  await userEvent.type(field, "Good day.{Enter}");
  expect(edit.mock.calls[0]?.[1].text).toBe("Good day.");
});

test("Escape that an input method takes back closes nothing", async () => {
  const setEditing = vi.fn();
  render(<Acting acts={{ setEditing }} />, { wrapper: TestFrame });
  const field = screen.getByRole("textbox");
  fireEvent.keyDown(field, { key: "Escape", isComposing: true });
  expect(setEditing).not.toHaveBeenCalled();
  await userEvent.type(field, "{Escape}");
  expect(setEditing).toHaveBeenCalledWith(null);
});
