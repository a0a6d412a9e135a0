// The formats of whoever looks.
import { useLingui } from "@lingui/react";
import { useMemo } from "react";
import { type Format, formatIn } from "./formats";
import { useWho } from "./session";

export type { Format };

/** The viewer's language and the account's zone. */
export function useFormat(): Format {
    const { i18n } = useLingui();
    const { account } = useWho();
    return useMemo(() => formatIn(i18n.locale, account.zone), [i18n.locale, account.zone]);
}
