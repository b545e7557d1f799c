import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Money } from "./money.tsx";

test("every digit of an amount is shown, also where a float would lose some", () => {
  const { container, rerender } = render(<Money usd="9007199254740993.123456789" />);
  expect(container.textContent).toBe("$9,007,199,254,740,993.123456789");
  rerender(<Money usd="0.00" />);
  expect(container.textContent).toBe("$0.00");
  rerender(<Money usd="-0.5" />);
  expect(container.textContent).toBe("-$0.50");
});
