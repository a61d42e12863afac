import type { components } from "./generated/schema";

export type ProblemBody = components["schemas"]["ProblemBody"];

/** What the node refused, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor(readonly body: ProblemBody) {
    super(body.title);
  }
  get code(): string {
    return this.body.code;
  }
}

/** The node could not be reached: nothing is known of whether the request arrived. */
export class Unreachable extends Error {}
