// The days of the week in the reader's language.
import { useLingui } from "@lingui/react";
import type { Option } from "~/ui";

const NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

export function useWeekdays(): Option[] {
    const { i18n } = useLingui();
    const word = new Intl.DateTimeFormat(i18n.locale, { weekday: "long", timeZone: "UTC" });
    return NAMES.map((id, place) => ({ id, label: word.format(Date.UTC(2026, 10, 30 + place, 12)) }));
}
