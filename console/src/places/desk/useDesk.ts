import type { Intake } from "../../api/orders";
import { useDraft, type Blank, type Drafting } from "../../api/useDraft";

const BLANK: Blank<Intake> = {
  empty: { content: "", channel: "phone", caller: { phone: "" } as Intake["caller"], incident: { address: "" } as Intake["incident"] },
  isSomething: (intake) => Boolean(intake.content.trim() || intake.caller?.phone),
  intakeOf: (intake) => intake,
};

export type Desk = Drafting<Intake> & { intake: Intake };

/** The matter on this desk: its form is the intake as it is sent. */
export function useDesk(person: string): Desk {
  const drafting = useDraft(person, BLANK);
  return { ...drafting, intake: drafting.form };
}
