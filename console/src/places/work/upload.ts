import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";

type Attachment = components["schemas"]["Attachment"];
const PIECE = 512 * 1024; // bytes sent at a time: little is lost when the line breaks

export interface Upload {
  /** Also the Idempotency-Key of its announcement. */
  key: string;
  file: File;
  state: "hashing" | "sending" | "checking" | "done" | "failed";
  sent: number;
  problem?: unknown;
  id?: string;
}

/** Photos of one order. A broken line goes on where it stopped; the node says how far it came. */
export function useUploads(orderId: string) {
  const client = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const put = (one: Upload) => setUploads((before) => [...before.filter((other) => other.key !== one.key), one]);
  const run = async (one: Upload) => {
    try {
      await carry(orderId, one, put);
      void client.invalidateQueries({ queryKey: ["order", orderId] });
    } catch (problem) {
      setUploads((before) => before.map((other) => (other.key === one.key ? { ...other, state: "failed", problem } : other)));
    }
  };
  const add = (files: FileList | null) => {
    for (const file of files ?? []) void run({ key: crypto.randomUUID(), file, state: "hashing", sent: 0 });
  };
  return { uploads, add, again: (one: Upload) => void run(one) };
}

async function carry(orderId: string, given: Upload, put: (one: Upload) => void): Promise<void> {
  put({ ...given, state: "hashing" });
  const announced = await announce(orderId, given);
  let at = announced.received ?? 0;
  while (at < given.file.size) {
    put({ ...given, id: announced.id, state: "sending", sent: at });
    at = (await sendPiece(orderId, announced.id, given.file, at)).received ?? given.file.size;
  }
  put({ ...given, id: announced.id, state: "checking", sent: at });
  await body(api.POST("/api/v1/orders/{key}/attachments/{attachment_id}/complete", { params: { path: { key: orderId, attachment_id: announced.id } } }));
  put({ ...given, id: announced.id, state: "done", sent: at });
}

async function announce(orderId: string, one: Upload): Promise<Attachment> {
  const digest = await crypto.subtle.digest("SHA-256", await one.file.arrayBuffer());
  const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const declared = { name: one.file.name || "photo.jpg", size: one.file.size, sha256, media_type: one.file.type || null, place: "", taken_at: new Date(one.file.lastModified).toISOString() };
  const begun = await body(api.POST("/api/v1/orders/{key}/attachments", { params: { path: { key: orderId }, header: { "Idempotency-Key": one.key } }, body: declared }));
  return begun as Attachment;
}

async function sendPiece(orderId: string, id: string, file: File, at: number): Promise<Attachment> {
  const end = Math.min(at + PIECE, file.size);
  return (await body(
    api.PUT("/api/v1/orders/{key}/attachments/{attachment_id}/bytes", {
      params: { path: { key: orderId, attachment_id: id } },
      headers: { "content-range": `bytes ${at}-${end - 1}/${file.size}`, "content-type": "application/octet-stream" },
      body: file.slice(at, end) as never,
      bodySerializer: (piece: unknown) => piece as Blob,
    } as never),
  )) as Attachment;
}
