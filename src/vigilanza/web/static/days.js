// Days of the calendar, as 2026-11-30: weeks begin on Monday.

import { isoDay } from "./words.js";

const at = (day) => new Date(`${day}T00:00:00Z`);
const iso = (date) => date.toISOString().slice(0, 10);

function later(day, days) {
  const date = at(day);
  date.setUTCDate(date.getUTCDate() + days);
  return iso(date);
}

const monday = (day) => later(day, -((at(day).getUTCDay() + 6) % 7));

export const weekOf = (day) => [...Array(7).keys()].map((number) => later(monday(day), number));

/** Whole weeks, so with some days of the months beside it. */
export function monthOf(day) {
  const first = monday(`${day.slice(0, 8)}01`);
  const last = later(nextMonth(day, 1), -1);
  const days = weekOf(first);
  while (days.at(-1) < last) days.push(...weekOf(later(days.at(-1), 1)));
  return days;
}

/** The first of the month that is so many later. */
function nextMonth(day, months) {
  const date = at(`${day.slice(0, 8)}01`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return iso(date);
}

export const dayAfter = (day) => later(day, 1);

/** The same day of a week before or after; of a month its first. */
export const turned = (day, step, whole) => (whole ? nextMonth(day, step) : later(day, 7 * step));

/** The first and the last day that an order covers; one that ends at midnight does not cover the day that begins then. */
export const daysOf = ({ from, to }) => ({ first: isoDay(from), last: isoDay(to - 0.001) });
