import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Pin } from "lucide-react";
import { expect, test } from "vitest";
import { Menu, MenuItem, MenuSub } from "./menu.tsx";
import { Toasts, useToast } from "./toasts.tsx";

function Listed({ heard }: { heard: (announce: () => void) => void }) {
  const toast = useToast();
  heard(() => toast("The answer is there"));
  return (
    <Menu trigger={<button type="button">More</button>}>
      <MenuItem icon={Pin} label="Pin" />
      <MenuSub icon={Pin} label="Move to">
        <MenuItem icon={Pin} label="Work" />
      </MenuSub>
    </Menu>
  );
}

async function opened() {
  const user = userEvent.setup();
  let announce = (): void => undefined;
  render(
    <Toasts>
      <Listed heard={(said) => (announce = said)} />
    </Toasts>,
  );
  await user.click(screen.getByRole("button", { name: "More" }));
  await screen.findByRole("menu");
  return { user, announce: () => act(announce) };
}

test("the first Escape closes a menu, though something was said in passing after it opened", async () => {
  const { user, announce } = await opened();
  announce();
  await screen.findByText("The answer is there", { selector: "li *" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
});

test("a menu in a menu goes with the whole of it", async () => {
  const { user, announce } = await opened();
  await user.keyboard("{ArrowDown}{ArrowDown}{ArrowRight}");
  await screen.findByRole("menuitem", { name: "Work" });
  announce();
  await screen.findByText("The answer is there", { selector: "li *" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryAllByRole("menu")).toHaveLength(0));
});
