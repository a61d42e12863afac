// Every place of the console, in the order of the rail. One line a place; each is described in its own folder.
import { desk } from "./desk/place";
import { order } from "./order/place";
import { orders } from "./orders/place";
import type { Place } from "./place";

export const PLACES: Place[] = [desk, orders, order];
