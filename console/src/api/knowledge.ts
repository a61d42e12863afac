import { useQuery } from "@tanstack/react-query";
import { api, body } from "./client";
import type { components } from "./generated/schema";

type Schemas = components["schemas"];
export type Found = Schemas["knowledge_model_Found"];
export type Card = Schemas["Card"];
export type CardView = Schemas["CardView"];
export type CardVersion = Schemas["CardVersion"];
export type CardContent = Schemas["CardContent"];
export type CardFeedback = Schemas["knowledge_service_Feedback"];
export type Gap = Schemas["Gap"];

const LONGEST = 400; // characters of a question that are looked for

/** The cards in force that fit what was said, best first. Two characters are the least that is looked for. */
export function useCards(text: string, limit: number) {
  const q = text.trim().slice(-LONGEST);
  return useQuery({
    queryKey: ["cards", "search", q, limit],
    enabled: q.length >= 2,
    placeholderData: (before) => before,
    staleTime: 30_000,
    retry: false,
    queryFn: () => body(api.GET("/api/v1/knowledge/search", { params: { query: { q, limit } } })),
  });
}

export function useCard(number: string | undefined) {
  return useQuery({
    queryKey: ["cards", "one", number],
    enabled: Boolean(number),
    queryFn: () => body(api.GET("/api/v1/knowledge/cards/{number}", { params: { path: { number: number! } } })),
  });
}

export interface Step {
  action: string;
  version: number;
  digest?: string;
  reason?: string;
  review_on?: string;
}

export function stepCard(number: string, step: Step) {
  const sent = { digest: "", reason: "", ...step };
  return body(api.POST("/api/v1/knowledge/cards/{number}/actions", { params: { path: { number } }, body: sent as Schemas["knowledge_api_Step"] }));
}

/** A first version, or the next one of a card. */
export function draftCard(content: CardContent, number?: string) {
  if (number) return body(api.POST("/api/v1/knowledge/cards/{number}/versions", { params: { path: { number } }, body: content }));
  return body(api.POST("/api/v1/knowledge/cards", { body: content }));
}

export function sayFeedback(number: string, text: string) {
  return body(api.POST("/api/v1/knowledge/cards/{number}/feedback", { params: { path: { number } }, body: { text } }));
}
