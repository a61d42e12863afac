import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { ANSWERS, type Step } from "../../api/kept";
import { sayAnswers, type Answers, type Intake } from "../../api/orders";
import { useDraft, type Blank } from "../../api/useDraft";

export interface Call {
  phone: string;
  content: string;
  address: string;
  division: string;
  point: string;
  level: number | null;
  answers: Answers;
}

export const isSomething = (call: Call) => Boolean(call.phone || call.content.trim() || Object.keys(call.answers).length);

/** `without`: the words of a call of which nothing was written down, only the questions answered. */
const blank = (without: string): Blank<Call> => ({
  empty: { phone: "", content: "", address: "", division: "", point: "", level: null, answers: {} },
  isSomething,
  intakeOf: (call) => intakeOf(call, without),
});

/** "39.1,117.2" is a point; anything else is none. */
export function pointOf(text: string): { lat: number; lon: number } | null {
  const [lat, lon] = text.split(/[,，\s]+/).map(Number);
  return lat && lon && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function intakeOf(call: Call, without: string): Intake {
  const wgs84 = pointOf(call.point);
  return {
    content: call.content.trim() || without,
    channel: "phone",
    level: call.level,
    division_code: call.division || null,
    caller: { phone: call.phone } as Intake["caller"],
    incident: { address: call.address, ...(wgs84 ? { wgs84 } : {}) } as Intake["incident"],
  };
}

const answered = (answers: Answers): Step | undefined => (Object.keys(answers).length ? { action: ANSWERS, given: { answers } } : undefined);

/** The call on this desk: kept on this machine until the node has it, then an order; the answers follow in the same breath. */
export function useCall(person: string, without: string) {
  const [form] = useState(() => blank(without));
  const drafting = useDraft(person, form);
  const { form: call, sent, send, follow, fresh, change } = drafting;
  const [looked, setLooked] = useState<string>();
  const where = useWhere(call.content);
  const mine = sent?.state === "sent" ? sent.order?.id : undefined;
  useLateAnswers(mine, call.answers, sent?.next);
  const answer = (answers: Answers) => {
    change({ answers });
    const step = answered(answers);
    if (step) follow(step);
  };
  const take = () => send(answered(call.answers), { ...call, division: call.division || where?.division_code || "", address: call.address || where?.address || "" });
  const next = (pop?: Partial<Call>) => {
    setLooked(undefined);
    fresh(pop);
  };
  return { ...drafting, call, where, orderId: looked ?? mine, looked: looked !== undefined, answer, take, next, look: setLooked };
}

export type OnDesk = ReturnType<typeof useCall>;

/** Answers that were given while the call was on its way. */
function useLateAnswers(order: string | undefined, answers: Answers, said: Step | undefined): void {
  const [told, setTold] = useState<string>();
  useEffect(() => {
    if (!order || told === order) return;
    setTold(order);
    if (answered(answers) && JSON.stringify(answers) !== JSON.stringify(said?.given.answers)) void sayAnswers(order, answers).catch(() => undefined);
  }, [order, told, answers, said]);
}

type Where = components["schemas"]["Where"];

/** Where it is by the words, while somebody types; what was filled in by hand stands. */
function useWhere(content: string): Where | undefined {
  const [settled, setSettled] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(content.trim()), 250);
    return () => clearTimeout(timer);
  }, [content]);
  const asked = useQuery({
    queryKey: ["read", "where", settled],
    enabled: settled.length >= 4,
    placeholderData: (before) => before,
    retry: false,
    queryFn: async () => (await body(api.POST("/api/v1/intake/read", { body: { content: settled } as components["schemas"]["Intake"] }))).where,
  });
  return settled.length >= 4 ? asked.data : undefined;
}
