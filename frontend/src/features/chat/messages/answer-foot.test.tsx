import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { message } from "#testing/builders.ts";
import { TestFrame } from "#testing/test-frame.tsx";
import { AnswerFoot } from "./answer-foot.tsx";

const decision = {
  chosen: "openai/gpt-5-mini",
  confidence: 0.84,
  reasons: ["It is the cheapest, and expected to do well enough."],
  alternatives: [{ model: "openai/gpt-5", why: "Costs 5.0 times as much for +2%." }],
  rejected: [{ model: "openai/o1", why: "It takes no pictures." }],
};

test("an answer by a chosen model says why it was chosen, and why others were not, behind the details", () => {
  render(<AnswerFoot message={message({ decision })} />, { wrapper: TestFrame });
  expect(screen.getByText("Why openai/gpt-5-mini?").closest("details")?.open).toBe(false);
  for (const said of [...decision.reasons, "Costs 5.0 times as much for +2%.", "It takes no pictures."]) {
    expect(screen.getByText(said)).toBeDefined();
  }
});

test("what an answer cost is told where it is known, and nothing where it is not", () => {
  const { rerender } = render(<AnswerFoot message={message({ cost_usd: "0.00128125" })} />, { wrapper: TestFrame });
  expect(screen.getByTitle("This answer cost 0.00128125 USD").textContent).toBe("$0.0013");
  rerender(<AnswerFoot message={message()} />);
  expect(screen.queryByTitle(/cost/)).toBeNull();
  expect(screen.queryByText(/Why/)).toBeNull();
});
