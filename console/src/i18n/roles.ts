import { words } from "./text";

/** The roles of an account, in the words of the guide. */
export const roleWords = words(
  { call_taker: "话务员", dispatcher: "派单员", supervisor: "班长", unit: "承办单位", leader: "领导", liaison: "驻点联络员", admin: "系统管理员", security: "安全管理员", auditor: "审计管理员" },
  { call_taker: "Call taker", dispatcher: "Dispatcher", supervisor: "Supervisor", unit: "Unit", leader: "Leader", liaison: "Liaison", admin: "System administrator", security: "Security administrator", auditor: "Auditor" },
);
