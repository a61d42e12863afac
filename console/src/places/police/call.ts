import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { takeIn, type Intake, type Order } from "../../api/orders";
import { Unreachable } from "../../api/problem";

export type Answers = Record<string, string | number>;

export interface Call {
  /** Also the Idempotency-Key: however often it is sent, one order comes of it. */
  key: string;
  phone: string;
  content: string;
  address: string;
  division: string;
  point: string;
  level: number | null;
  answers: Answers;
}

const fresh = (): Call => ({ key: crypto.randomUUID(), phone: "", content: "", address: "", division: "", point: "", level: null, answers: {} });
const place = (person: string) => `liandong.police.${person}`;

function kept(person: string): Call | null {
  const text = sessionStorage.getItem(place(person));
  return text ? ({ ...fresh(), ...JSON.parse(text) } as Call) : null;
}

export const isSomething = (call: Call) => Boolean(call.phone || call.content.trim() || Object.keys(call.answers).length);

/** "39.1,117.2" is a point; anything else is none. */
export function pointOf(text: string): { lat: number; lon: number } | null {
  const [lat, lon] = text.split(/[,，\s]+/).map(Number);
  return lat && lon && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
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

/** The call on this desk: kept on this machine until the node has it, then an order. The answers follow in the same breath. */
export function useCall(person: string, without: string) {
  const client = useQueryClient();
  const [found] = useState(() => kept(person));
  const [call, setCall] = useState<Call>(() => found ?? fresh());
  const [orderId, setOrderId] = useState<string>();
  useEffect(() => {
    if (!orderId && isSomething(call)) sessionStorage.setItem(place(person), JSON.stringify(call));
    else sessionStorage.removeItem(place(person));
  }, [call, orderId, person]);
  const where = useWhere(call.content);
  const latest = useRef(call.answers);
  latest.current = call.answers;
  const taking = useMutation({
    networkMode: "always",
    mutationFn: () => {
      const meant = { ...call, division: call.division || where?.division_code || "", address: call.address || where?.address || "" };
      setCall(meant); // the same key always goes with the same words
      return takeNow(meant, without);
    },
    onSuccess: (order) => {
      client.setQueryData(["order", order.id], order);
      setOrderId(order.id);
      if (latest.current !== call.answers) void sayAnswers(order.id, latest.current).catch(() => undefined); // given while it was on its way
      void client.invalidateQueries({ queryKey: ["orders"] });
    },
  });
  const unsent = taking.error instanceof Unreachable;
  useAgain(unsent, () => taking.mutate());
  const next = () => {
    setCall(fresh());
    setOrderId(undefined);
    taking.reset();
  };
  return { call, where, orderId, taking, unsent, restored: found !== null && found.key === call.key && !orderId, next,
    change: (more: Partial<Call>) => setCall((before) => ({ ...before, ...more })), look: setOrderId };
}

export type OnDesk = ReturnType<typeof useCall>;

async function takeNow(call: Call, without: string): Promise<Order> {
  const order = await takeIn(intakeOf(call, without), call.key);
  return Object.keys(call.answers).length ? (await sayAnswers(order.id, call.answers)).order : order;
}

export function sayAnswers(orderId: string, answers: Answers) {
  return body(api.POST("/api/v1/orders/{key}/questions", { params: { path: { key: orderId } }, body: { answers } }));
}

const AGAIN = 3000; // milliseconds between tries

/** What did not reach the node goes again by itself, with the same key. */
function useAgain(waits: boolean, send: () => void): void {
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(send, AGAIN);
    window.addEventListener("online", send);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", send);
    };
  });
}
