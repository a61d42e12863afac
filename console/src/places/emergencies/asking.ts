import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components, paths } from "../../api/generated/schema";

type Schemas = components["schemas"];
export type Board = Schemas["BoardRow"];
export type View = Schemas["EmergencyView"];
export type Emergency = Schemas["Emergency"];
export type Task = Schemas["Task"];
export type Proposal = Schemas["BurstProposal"];
export type Act = paths["/api/v1/emergencies/{emergency_id}/actions"]["post"]["requestBody"]["content"]["application/json"];

const EACH = 5_000; // milliseconds, besides the feed

export const useBoards = () =>
  useQuery({ queryKey: ["emergencies", "boards"], refetchInterval: EACH, queryFn: () => body(api.GET("/api/v1/emergencies", { params: { query: { limit: 100 } } })) });

export const useTables = () => useQuery({ queryKey: ["emergency-tables"], staleTime: Infinity, queryFn: () => body(api.GET("/api/v1/emergencies/tables")) });

export const useProposals = () =>
  useQuery({ queryKey: ["emergencies", "proposals"], refetchInterval: EACH, queryFn: () => body(api.GET("/api/v1/emergencies/proposals")) });

const at = (id: string) => ({ params: { path: { emergency_id: id } } });

export const useOne = (id: string) =>
  useQuery({ queryKey: ["emergencies", "one", id], refetchInterval: EACH, queryFn: () => body(api.GET("/api/v1/emergencies/{emergency_id}", at(id))) });

export const useLog = (id: string) =>
  useQuery({ queryKey: ["emergencies", "log", id], queryFn: () => body(api.GET("/api/v1/emergencies/{emergency_id}/log", at(id))) });

export const useReports = (id: string) =>
  useQuery({ queryKey: ["emergencies", "reports", id], queryFn: () => body(api.GET("/api/v1/emergencies/{emergency_id}/reports", at(id))) });

export const useCallers = (id: string) =>
  useQuery({ queryKey: ["emergencies", "callers", id], refetchInterval: EACH, queryFn: () => body(api.GET("/api/v1/emergencies/{emergency_id}/callers", at(id))) });

/** One change; afterwards everything of emergencies is read again. */
export function useDo<G, R = unknown>(run: (given: G) => Promise<R>, done?: (result: R) => void) {
  const client = useQueryClient();
  return useMutation({
    networkMode: "always",
    mutationFn: run,
    onSuccess: (result) => {
      void client.invalidateQueries({ queryKey: ["emergencies"] });
      done?.(result);
    },
  });
}

export const useAct = (id: string, done?: () => void) =>
  useDo((given: Act) => body(api.POST("/api/v1/emergencies/{emergency_id}/actions", { ...at(id), body: given })), done);

/** An id for something that this screen makes; sent twice it is the same thing. */
export const newId = () => crypto.randomUUID();
