import { useNow } from "./now";

/** Whether it has been more than so many milliseconds since. */
export function useLate(since: number | string | undefined, milliseconds: number): boolean {
  const now = useNow().getTime();
  return since !== undefined && now - new Date(since).getTime() > milliseconds;
}
