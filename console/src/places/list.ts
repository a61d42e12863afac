// Every place of the console, in the order of the rail. One line a place; each is described in its own folder.
import { admin } from "./admin/place";
import { assessment } from "./assessment/place";
import { auditor } from "./auditor/place";
import { desk } from "./desk/place";
import { knowledge } from "./knowledge/place";
import { models } from "./models/place";
import { emergencies } from "./emergencies/place";
import { order } from "./order/place";
import { orders } from "./orders/place";
import { overview } from "./overview/place";
import type { Place } from "./place";
import { police } from "./police/place";
import { supervision } from "./supervision/place";
import { topics } from "./topics/place";
import { transfers } from "./transfers/place";
import { work } from "./work/place";

export const PLACES: Place[] = [
  desk,
  police,
  work,
  transfers,
  emergencies,
  overview,
  orders,
  order,
  knowledge,
  supervision,
  topics,
  assessment,
  models,
  admin,
  auditor,
];
