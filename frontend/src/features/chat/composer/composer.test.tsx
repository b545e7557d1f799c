import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { TestFrame } from "#testing/test-frame.tsx";
import { Composer } from "./composer.tsx";
import { clearDraft, readDraft } from "./drafts.ts";

const KEY = "conversation-1";

function show(props: Partial<Parameters<typeof Composer>[0]> = {}) {
  const onSend = vi.fn();
  const onStop = vi.fn();
  const { unmount } = render(
    <Composer
      draftKey={KEY}
      running={false}
      stopping={false}
      blocked={false}
      blindModel={null}
      placeholder="Ask"
      picker={null}
      field={createRef()}
      onSend={onSend}
      onStop={onStop}
      {...props}
    />,
    { wrapper: TestFrame },
  );
  return { unmount, onSend, onStop, field: screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message" }) };
}

beforeEach(() => clearDraft(KEY));

test("Enter sends what was written and empties the field", async () => {
  const { onSend, field } = show();
  await userEvent.type(field, "Hello{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith({ text: "Hello", images: [] });
  expect(readDraft(KEY).text).toBe("");
});

test("Shift and Enter begin a new line", async () => {
  const { onSend, field } = show();
  await userEvent.type(field, "one{Shift>}{Enter}{/Shift}two");
  expect(onSend).not.toHaveBeenCalled();
  expect(readDraft(KEY).text).toBe("one\ntwo");
});

test("the Enter that ends an input method's composition sends nothing", async () => {
  const { onSend, field } = show();
  await userEvent.type(field, "にほん");
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229 });
  expect(onSend).not.toHaveBeenCalled();
});

test("blanks alone are not a message", async () => {
  const { onSend, field } = show();
  await userEvent.type(field, "   {Enter}");
  expect(onSend).not.toHaveBeenCalled();
});

test("while an answer is written, the button stops it and Enter keeps the text", async () => {
  const { onSend, onStop, field } = show({ running: true });
  await userEvent.type(field, "next{Enter}");
  await userEvent.click(screen.getByRole("button", { name: "Stop answering" }));
  expect(onSend).not.toHaveBeenCalled();
  expect(onStop).toHaveBeenCalledOnce();
  expect(readDraft(KEY).text).toBe("next");
});

test("what is written survives the page", async () => {
  const { field } = show();
  await userEvent.type(field, "later");
  expect(localStorage.getItem("chimera.draft..conversation-1")).toBe("later");
});

/** What a program copied, as browsers hand it on. */
function copied(files: File[], words: Record<string, string> = {}): DataTransfer {
  const types = [...Object.keys(words), ...(files.length > 0 ? ["Files"] : [])];
  return { files, types, getData: (type: string) => words[type] ?? "" } as unknown as DataTransfer;
}

test("cells that are pasted are their words, not the picture that comes with them", async () => {
  const { field } = show();
  await userEvent.click(field);
  const picture = new File(["x"], "image.png", { type: "image/png" });
  await userEvent.paste(copied([picture], { "text/plain": "a b", text: "a b", "text/html": "<table>" }));
  expect(field.value).toBe("a b");
  expect(readDraft(KEY).images).toHaveLength(0);
});

test("words that are dropped are left to the field", async () => {
  const { field } = show();
  const words = { types: ["text/plain"], files: [] };
  expect(fireEvent.drop(field, { dataTransfer: words })).toBe(true);
  const files = { types: ["Files"], files: [new File(["x"], "a.png", { type: "image/png" })] };
  expect(fireEvent.drop(field, { dataTransfer: files })).toBe(false);
  await screen.findByRole("button", { name: "Remove image 1" });
});

test("a pasted picture is attached and sent", async () => {
  const { onSend, field } = show();
  const picture = new File(["x"], "a.png", { type: "image/png" });
  await userEvent.click(field);
  await userEvent.paste(copied([picture]));
  await screen.findByRole("button", { name: "Remove image 1" });
  await userEvent.type(field, "What is this?");
  await userEvent.click(screen.getByRole("button", { name: "Send message" }));
  expect(onSend.mock.calls[0]?.[0].images[0]).toMatch(/^data:image\/png;base64,/);
});

test("a model that cannot look at pictures is named instead of attaching one", async () => {
  const { field } = show({ blindModel: "tiny" });
  await userEvent.click(field);
  await userEvent.paste(copied([new File(["x"], "a.png", { type: "image/png" })]));
  expect((await screen.findByRole("alert")).textContent).toContain("tiny cannot look at images");
  expect(readDraft(KEY).images).toHaveLength(0);
});

test("a file that is no picture is refused by name", async () => {
  const { field } = show();
  await userEvent.click(field);
  await userEvent.paste(copied([new File(["x"], "a.pdf", { type: "application/pdf" })]));
  expect((await screen.findByRole("alert")).textContent).toContain("a.pdf");
});

test("a device in the hand is offered its camera, and what it takes is attached; a desk is not", async () => {
  const { unmount } = show();
  expect(screen.queryByRole("button", { name: "Take a photo" })).toBeNull();
  unmount();
  vi.spyOn(window, "matchMedia").mockImplementation(
    (query) => ({ matches: query.includes("coarse") }) as MediaQueryList,
  );
  show();
  const opened = vi.spyOn(HTMLInputElement.prototype, "click").mockImplementation(() => undefined);
  await userEvent.click(screen.getByRole("button", { name: "Take a photo" }));
  const input = opened.mock.contexts[0] as HTMLInputElement;
  expect(input.getAttribute("capture")).toBe("environment");
  fireEvent.change(input, { target: { files: [new File(["x"], "photo.jpg", { type: "image/jpeg" })] } });
  await screen.findByRole("button", { name: "Remove image 1" });
});
